#!/bin/sh
# SPDX-License-Identifier: MIT
# A directory includes what the table in lib/README.md lists, no more; an
# external library is used in the directories and files that may.
. "$(dirname "$0")/../tap.sh"
cd "${LINT_ROOT:-$(dirname "$0")/../..}" || exit

# Rows of the table as "directory|allowed directories|allowed libraries".
table=$(sed -n 's/^| *\([a-z]*\) *|\([^|]*\)|\([^|]*\)|$/\1|\2|\3/p' \
	lib/README.md | grep -v '^directory|')
if [ -z "$table" ]; then
	not_ok "lib/README.md holds the table of the layers"
	finish
fi

# The library that a header belongs to; nothing for the C library's own.
library_of() {
	case $1 in
	libunwind*.h | unwind.h) echo libunwind ;;
	elfutils/libdw*.h | dwarf.h) echo libdw ;;
	elfutils/libelf.h | libelf.h | gelf.h) echo libelf ;;
	jansson.h | base/json.h) echo jansson ;;
	zstd*.h) echo zstd ;;
	zlib.h) echo zlib ;;
	libiberty/* | demangle.h | libiberty.h) echo libiberty ;;
	cairo.h) echo cairo ;;
	elfutils/* | bfd.h | cairo* | lua* | curl/* | yaml.h | curses.h)
		echo "unlisted:$1" ;;
	esac
}

# may_use LIBRARIES LIBRARY FILE: "a, b (x.c y.h only)" allows b in x.c, y.h
may_use() {
	printf '%s\n' "$1" | tr ',' '\n' | while read -r name rest; do
		[ "$name" = "$2" ] || continue
		case $rest in
		'') echo yes ;;
		*" ${3##*/} "* | "(${3##*/} "*) echo yes ;;
		esac
	done | grep -q yes
}

check_include() {
	file=$1 own=$2 dirs=$3 libraries=$4 header=$5
	library=$(library_of "$header")
	if [ -n "$library" ] && [ "$header" != base/json.h ]; then
		may_use "$libraries" "$library" "$file" ||
			echo "$file: <$header> is $library"
		return
	fi
	if [ -n "$library" ] && [ "$own" != base ]; then
		may_use "$libraries" "$library" "$file" ||
			echo "$file: \"$header\" is $library"
	fi
	case $header in
	*/*) ;;
	*) return ;;
	esac
	[ -d "lib/${header%%/*}" ] || return
	case " $own $dirs " in
	*" ${header%%/*} "*) ;;
	*) echo "$file: \"$header\" is not a layer below" ;;
	esac
}

check_directory() {
	own=$1 dirs=$2 libraries=$3
	grep -H '^#[[:space:]]*include' "lib/$own"/*.[ch] |
		sed 's/^\([^:]*\):#[[:space:]]*include[[:space:]]*[<"]\([^>"]*\).*/\1 \2/' |
		while read -r file header; do
			check_include "$file" "$own" "$dirs" "$libraries" \
				"$header"
		done
}

for path in lib/*/; do
	own=${path#lib/}
	own=${own%/}
	row=$(printf '%s\n' "$table" | grep "^$own|") || {
		not_ok "lib/$own is in the table of lib/README.md"
		continue
	}
	dirs=$(printf '%s\n' "$row" | cut -d'|' -f2)
	libraries=$(printf '%s\n' "$row" | cut -d'|' -f3)
	nothing "lib/$own includes only what it may" \
		"$(check_directory "$own" "$dirs" "$libraries")"
done
finish
