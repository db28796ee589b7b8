#!/bin/sh
# SPDX-License-Identifier: MIT
# test: together
# Names, lines and inlined callers, beside what other tools say of the same
# files; and every way in which debug information can be somewhere else.
. "$(dirname "$0")/lib.sh"

need "$CXX" objdump objcopy strip addr2line nm
tool=${CPROF_OBJ:-$BUILD/obj}/tools/symbols
[ -x "$tool" ] || skip_all "$tool is not built"
source=$PWD/tests/e2e/targets/inlined.cpp
none=$tmp/none
mkdir "$none"

fact()
{
	name=$1
	shift
	"$PYTHON" tests/e2e/symbols.py "$name" "$tool" "$@"
}

# compile OUTPUT COMPILER [FLAGS...]
compile()
{
	output=$tmp/$1
	shift
	mkdir -p "$(dirname "$output")"
	"$@" -O2 -o "$output" "$source" 2>"$tmp/compile.err" && return
	sed 's/^/# /' "$tmp/compile.err"
	return 1
}

compile five "$CXX" -gdwarf-5
ok "DWARF 5 of g++: chains and lines are those of addr2line" \
	fact agree addr2line "$tmp/five" 99
compile four "$CXX" -gdwarf-4
ok "DWARF 4 of g++: chains and lines are those of addr2line" \
	fact agree addr2line "$tmp/four" 99
compile lto "$CXX" -g -flto
ok "after link-time optimization, too" fact agree addr2line "$tmp/lto" 99
for style in zlib zlib-gnu; do
	objcopy --compress-debug-sections=$style "$tmp/five" "$tmp/$style"
	ok "compressed sections say the same ($style)" \
		fact same "$tmp/five" "$none" "$tmp/$style" "$none"
done
if command -v clang++ >/dev/null && compile clang clang++ -g; then
	ok "lines are known after clang, too, which writes no aranges" \
		fact lines "$tmp/clang" "$none" yes
else
	skip "lines are known after clang, too" "clang++ is missing, or fails"
fi
if [ -e "$tmp/clang" ] && command -v llvm-symbolizer >/dev/null; then
	ok "... chains and lines are those of llvm-symbolizer" \
		fact agree llvm-symbolizer "$tmp/clang" 99
else
	skip "... chains and lines are those of llvm-symbolizer" \
		"clang++ or llvm-symbolizer is missing"
fi
if command -v rustc >/dev/null && rustc -O -g -o "$tmp/generic" \
	tests/e2e/targets/generic.rs 2>"$tmp/rustc.err"; then
	ok "Rust: chains and lines are those of addr2line" \
		fact agree addr2line "$tmp/generic" 98
else
	skip "Rust: chains and lines are those of addr2line" \
		"rustc is missing, or fails"
fi

# Separate debug files.
compile whole "$CXX" -g -Wl,--build-id
id=$(readelf -n "$tmp/whole" | sed -n 's/.*Build ID: //p')
debug_name=.build-id/$(echo "$id" | cut -c1-2)/$(echo "$id" | cut -c3-).debug
mkdir -p "$tmp/root/$(dirname "$debug_name")" "$tmp/link/.debug" "$tmp/other"
objcopy --only-keep-debug "$tmp/whole" "$tmp/root/$debug_name"
strip -o "$tmp/stripped" "$tmp/whole"
ok "a debug file is found by its build-id" \
	fact same "$tmp/whole" "$none" "$tmp/stripped" "$tmp/root"
ok "without it no line is known" fact lines "$tmp/stripped" "$none" no
objcopy --only-keep-debug "$tmp/five" "$tmp/root/$debug_name"
ok "a debug file with another build-id is not used" \
	fact lines "$tmp/stripped" "$tmp/root" no

compile linked "$CXX" -g -Wl,--build-id=none
objcopy --only-keep-debug "$tmp/linked" "$tmp/linked.debug"
objcopy --strip-all --add-gnu-debuglink="$tmp/linked.debug" "$tmp/linked" \
	"$tmp/link/linked"
mv "$tmp/linked.debug" "$tmp/link"
ok "a debug file is found by its link, beside the program" \
	fact same "$tmp/linked" "$none" "$tmp/link/linked" "$none"
mv "$tmp/link/linked.debug" "$tmp/link/.debug"
ok "... in .debug/" \
	fact same "$tmp/linked" "$none" "$tmp/link/linked" "$none"
below=$tmp/other$(readlink -f "$tmp/link")
mkdir -p "$below"
mv "$tmp/link/.debug/linked.debug" "$below"
ok "... and below the debug root" \
	fact same "$tmp/linked" "$none" "$tmp/link/linked" "$tmp/other"
echo more >>"$below/linked.debug"
ok "a debug file with another checksum is not used" \
	fact lines "$tmp/link/linked" "$tmp/other" no
rm "$below/linked.debug"
mkfifo "$tmp/link/linked.debug"
ok "a FIFO by that name does not keep us waiting" \
	timeout 10 "$PYTHON" tests/e2e/symbols.py lines "$tool" \
	"$tmp/link/linked" "$none" no

mkdir "$tmp/split"
for version in 4 5; do
	compile "unsplit$version" "$CXX" -gdwarf-$version
	(cd "$tmp/split" && "$CXX" -O2 -gdwarf-$version -gsplit-dwarf \
		-o split$version "$source")
	ok "split DWARF $version says what it says in one piece" fact same \
		"$tmp/unsplit$version" "$none" "$tmp/split/split$version" \
		"$none"
done
rm "$tmp"/split/*.dwo
ok "without its .dwo file lines are still known" \
	fact lines "$tmp/split/split5" "$none" yes
mkfifo "$tmp/split/split5-inlined.dwo"
ok "a FIFO in place of it does not keep us waiting" \
	timeout 10 "$PYTHON" tests/e2e/symbols.py lines "$tool" \
	"$tmp/split/split5" "$none" yes

if command -v dwz >/dev/null; then
	mkdir "$tmp/dwz"
	compile dwz/one "$CXX" -g
	compile dwz/two "$CXX" -g -DOTHER
	cp "$tmp/dwz/one" "$tmp/one.before"
	(cd "$tmp/dwz" && dwz -m common.dwz one two 2>/dev/null)
	ok "what dwz moved away is found" fact same "$tmp/one.before" \
		"$none" "$tmp/dwz/one" "$none"
	rm "$tmp/dwz/common.dwz"
	mkfifo "$tmp/dwz/common.dwz"
	ok "lines are known without it, and a FIFO does not keep us waiting" \
		timeout 10 "$PYTHON" tests/e2e/symbols.py lines "$tool" \
		"$tmp/dwz/one" "$none" yes
else
	skip "what dwz moved away is found" "dwz is missing"
fi

if command -v xz >/dev/null; then
	nm "$tmp/whole" --format=posix --defined-only |
		awk '$2 ~ /^[Tt]$/ { print $1 }' >"$tmp/keep"
	objcopy -S --remove-section .gnu_debuglink \
		--keep-symbols="$tmp/keep" "$tmp/whole" "$tmp/mini"
	xz -f "$tmp/mini"
	objcopy --add-section .gnu_debugdata="$tmp/mini.xz" "$tmp/stripped" \
		"$tmp/with-mini"
	NM_FILE=$tmp/whole ok "functions are known from MiniDebugInfo" \
		fact named "$tmp/with-mini" "$none" ok plain_c main
else
	skip "functions are known from MiniDebugInfo" "xz is missing"
fi

# All kinds of programs, with symbols and without.
for kind in -pie -no-pie -static -static-pie; do
	compile "kind$kind" "$CXX" "$kind" || continue
	ok "functions of a program made with $kind are known" fact named \
		"$tmp/kind$kind" "$none" ok plain_c main
	strip -o "$tmp/bare$kind" "$tmp/kind$kind"
	NM_FILE=$tmp/kind$kind \
		ok "stripped, they are called after their unwind entries" \
		fact named "$tmp/bare$kind" "$none" range plain_c main
done

compile bound "$CXX" -g -Wl,-z,now
for file in five bound stripped; do
	ok "linkage stubs are called after whom they call ($file)" \
		fact stubs "$tmp/$file" "$none"
done

# From a server.
if [ -e /usr/lib/x86_64-linux-gnu/libdebuginfod.so.1 ]; then
	mkdir -p "$tmp/server/buildid/$id"
	objcopy --only-keep-debug "$tmp/whole" \
		"$tmp/server/buildid/$id/debuginfo"
	"$PYTHON" -u -m http.server --bind 127.0.0.1 \
		--directory "$tmp/server" 0 >"$tmp/server.log" 2>&1 &
	server=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		grep -q port "$tmp/server.log" && break
		sleep 0.3
	done
	port=$(sed -n 's/.* port \([0-9]*\).*/\1/p' "$tmp/server.log")
	DEBUGINFOD_URLS=http://127.0.0.1:$port
	DEBUGINFOD_CACHE_PATH=$tmp/cache
	export DEBUGINFOD_URLS DEBUGINFOD_CACHE_PATH
	ok "servers are not asked unless that is wanted" \
		fact lines "$tmp/stripped" "$none" no
	ok "... and answer when it is" \
		fact lines "$tmp/stripped" "$none" yes -d
	unset DEBUGINFOD_URLS DEBUGINFOD_CACHE_PATH
	kill "$server"
	wait "$server" 2>/dev/null
else
	skip "servers are asked when that is wanted" "no libdebuginfod"
fi

if $CC -o "$tmp/siblings" tests/e2e/targets/siblings.S; then
	ok "entries that are children and siblings at once are walked once" \
		timeout 10 "$PYTHON" tests/e2e/symbols.py named "$tool" \
		"$tmp/siblings" "$none" ok main
else
	skip "entries that are children and siblings at once are walked once" \
		"$CC does not assemble them"
fi
compile small "$CXX" -g
ok "damaged files cost names, never more" \
	fact mutants "$tmp/small" "$tmp" "${MUTANTS:-150}"
done_testing
