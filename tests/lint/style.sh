#!/bin/sh
# SPDX-License-Identifier: MIT
# What a reader of any C file relies on.
. "$(dirname "$0")/../tap.sh"
cd "${LINT_ROOT:-$(dirname "$0")/../..}" || exit

# Bytes, so that every awk does the same.
each() {
	find lib cmd tests -name '*.[ch]' -exec env LC_ALL=C awk "$1" {} +
}

# The same for those of the page and its tests, too.
each_source() {
	find lib cmd tests \( -name '*.[ch]' -o -name '*.js' -o \
		-name '*.css' \) -exec env LC_ALL=C awk "$1" {} +
}

# shellcheck disable=SC2016  # the programs are awk's
nothing "every C file starts with its licence" "$(each '
	FNR == 1 && $0 != "/* SPDX-License-Identifier: MIT */" {
		print FILENAME }')"

# shellcheck disable=SC2016
nothing "no line is wider than 80 columns" "$(each_source '{
	line = $0
	while ((at = index(line, "\t")) > 0)
		line = substr(line, 1, at - 1) \
			sprintf("%*s", 8 - (at - 1) % 8, "") \
			substr(line, at + 1)
	gsub(/[\200-\277]/, "", line)	# all bytes of a character but one
	if (length(line) > 80)
		print FILENAME ":" FNR ": " length(line) " columns"
}')"

# shellcheck disable=SC2016
nothing "no line ends with a blank" "$(each_source '
	/[ \t]$/ { print FILENAME ":" FNR }')"

# shellcheck disable=SC2016
nothing "comments are /* */ only" "$(each '
	/^[ \t]*\/\// { print FILENAME ":" FNR ": " $0 }')"

# In what we print: "1.4%", so that a reader finds one form of it.
nothing "percentages are printed without a blank" "$(
	find lib cmd -name '*.[ch]' -exec grep -HnE '".*[0-9a-z] %%' {} +
	find lib -name '*.js' -exec grep -HnE '" %[] ,;)"]' {} +)"

# shellcheck disable=SC2016
nothing "a source file includes its own header first" "$(
	find lib -name '*.c' | while read -r file; do
		header=${file%.c}.h
		[ -e "$header" ] || continue
		first=$(grep -m1 '^#include' "$file")
		[ "$first" = "#include \"${header#lib/}\"" ] ||
			echo "$file: $first"
	done)"
finish
