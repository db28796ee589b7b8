#!/bin/sh
# SPDX-License-Identifier: MIT
# Each rule is broken once in a sample tree: the lint must say so, and say
# nothing about the tree as it was before.
. "$(dirname "$0")/../tap.sh"
lint=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$lint/../.." && pwd)
work=$(mktemp -d) || exit
trap 'rm -rf "$work"' EXIT

# A tree of two layers in which no rule is broken.
good_tree() {
	rm -rf "$work/tree"
	mkdir -p "$work/tree/lib/base" "$work/tree/lib/model" \
		"$work/tree/cmd" "$work/tree/man" "$work/tree/tests"
	cd "$work/tree" || exit
	cp "$top/lib/base/banned.h" lib/base/
	cat >lib/README.md <<-'END'
		| directory | may include | external libraries |
		|---|---|---|
		| base | | zlib (low.c only) |
		| model | base | |
	END
	for name in base/low model/high; do
		printf '%s\n' '/* SPDX-License-Identifier: MIT */' \
			'#include <stddef.h>' >lib/$name.h
		printf '%s\n' '/* SPDX-License-Identifier: MIT */' \
			"#include \"$name.h\"" '' 'int f(void)' '{' \
			'	return 1;' '}' >lib/$name.c
	done
	cat >man/cprof-fake.1 <<-'END'
		.Dd January 1, 2026
		.Dt CPROF-FAKE 1
		.Os
		.Sh NAME
		.Nm cprof-fake
		.Nd sample of a page
		.Sh DESCRIPTION
		.Bl -tag -width indent
		.It Fl o , Fl -output Ar FILE
		Write to
		.Ar FILE .
		.El
	END
	cp man/cprof-fake.1 man/cprof.1
	cat >program <<-'END'
		#!/bin/sh
		case $* in
		help*) echo "fake" ;;
		*--list-options) cat options ;;
		esac
	END
	chmod +x program
	printf -- '-o\t--output\tFILE\twhere to\n' >options
	printf '%s\n' '#!/bin/sh' 'echo' >tests/run
}

status_of() {
	LINT_ROOT=$work/tree CPROF=$work/tree/program \
		CPROF_OBJ=$work/tree/obj sh "$lint/$1.sh" >"$work/out" 2>&1
}

# breaks LINT RULE COMMAND: after COMMAND the lint fails, and only at RULE
breaks() {
	good_tree
	if ! status_of "$1"; then
		not_ok "lint/$1 accepts a good tree" "$(cat "$work/out")"
		return
	fi
	eval "$3"
	if status_of "$1"; then
		not_ok "lint/$1 finds: $2" "$(cat "$work/out")"
	elif [ "$(grep '^not ok' "$work/out" | grep -vc "$2")" -ne 0 ] ||
		! grep -q "^not ok.*$2" "$work/out"; then
		not_ok "lint/$1 names the rule: $2" "$(cat "$work/out")"
	else
		ok "lint/$1 finds: $2"
	fi
}

add() {
	printf '%b\n' "$2" >>"$1"
}

# lines FROM TO TEXT: TEXT many times
lines() {
	i=$1
	while [ "$i" -le "$2" ]; do
		echo "$3"
		i=$((i + 1))
	done
}

breaks sizes "no function is longer" \
	'{ echo "int g(void)"; echo "{"; lines 1 79 "	;"; echo "}"; } >>lib/base/low.c'
breaks sizes "no file is longer" 'lines 1 600 "" >>lib/base/low.c'
breaks style "starts with its licence" 'sed -i 1d lib/model/high.h'
breaks style "wider than 80 columns" \
	'add lib/base/low.h "\t\t\t\t\t\t\t\t\t/* far */ int"'
breaks style "wider than 80 columns" \
	'add lib/base/page.css "\t\t\t\t\t\t\t\t\t/* far too far */"'
breaks style "ends with a blank" 'add lib/base/low.h "int f(void); "'
breaks style "comments are" 'add lib/base/low.h "// no"'
breaks style "printed without a blank" \
	"add lib/base/low.c 'const char *of(void) { return \"%d %%\"; }'"
breaks style "its own header first" \
	'sed -i "2i#include <stdio.h>" lib/base/low.c'
breaks layers "lib/base includes" \
	'add lib/base/low.c "#include \"model/high.h\""'
breaks layers "lib/model includes" 'add lib/model/high.c "#include <zlib.h>"'
breaks layers "lib/base includes" 'add lib/base/low.h "#include <zlib.h>"'
breaks layers "lib/model includes" \
	'add lib/model/high.h "#  include <elfutils/libdw.h>"'
breaks layers "is in the table" 'mkdir lib/other'
breaks headers "lib/base/low.h compiles" 'add lib/base/low.h "uint64_t f(void);"'
breaks headers "lib/base/low.h compiles" \
	'add lib/base/low.h "struct twice { int a; };"'
for call in strcpy strcat sprintf strncpy strtok gmtime localtime atoi \
	system alloca exit abort; do
	breaks banned "$call(" "sed -i '/define $call(/d' lib/base/banned.h"
done
breaks banned "by its bare name" 'add lib/base/low.c "void *p = strcpy;"'
# shellcheck disable=SC2016
breaks banned "at file scope can change" 'mkdir -p obj/lib obj/cmd
	echo "int counter = 3; static int hidden;
		int *get(void); int *get(void) { return &hidden; }" |
	${CC:-cc} -x c -c -o obj/lib/low.o -'
breaks man "has every option" 'add options "\t--more\t\twhat is not there"'
breaks man "has no option that" \
	'sed -i "s/^.El/.It Fl -more\nNo such option.\n.El/" man/cprof-fake.1'
breaks man "has a manual page" 'rm man/cprof-fake.1'
breaks man "referred to is there" \
	'add man/cprof-fake.1 ".Sh SEE ALSO\n.Xr cprof-lost 1"'
if command -v mandoc >/dev/null; then
	breaks man "mandoc accepts man/cprof-fake.1" \
		'add man/cprof-fake.1 ".Xx"'
else
	skip "lint/man finds faults of mdoc" "mandoc is not installed"
fi
breaks format "has the layouts of lib/format/chunk_new.c" \
	'mkdir lib/format && printf " *\\tuvarint  a field\\n" >lib/format/chunk_new.c
	echo "uvarint  another" >man/cprof-profile.5'
breaks format "has the layouts of lib/format/chunk_new.c" \
	'mkdir lib/format
	printf " *\tu8  1 a,\n *\t         2 b\n" >lib/format/chunk_new.c
	echo "u8  1 a," >man/cprof-profile.5'
breaks torture "is in tests/torture/README.md" \
	'mkdir tests/torture && echo >tests/torture/new.sh'
breaks torture "that tests/torture/README.md names" \
	'mkdir tests/torture && echo "| a | lost | b |" >tests/torture/README.md'
breaks torture "that man/cprof-transparency.7 names" \
	'echo ".Pq torture/lost" >man/cprof-transparency.7'
if command -v shellcheck >/dev/null; then
	breaks shell "accepts tests/run" 'add tests/run "cd /nowhere"'
else
	skip "lint/shell finds faults" "shellcheck is not installed"
fi
finish
