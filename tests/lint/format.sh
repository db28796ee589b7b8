#!/bin/sh
# SPDX-License-Identifier: MIT
# The layout of every chunk stands above the code that reads and writes it,
# and word for word in cprof-profile(5).
. "$(dirname "$0")/../tap.sh"
cd "${LINT_ROOT:-$(dirname "$0")/../..}" || exit
page=man/cprof-profile.5
[ -e lib/format ] || skip_all "no lib/format"

# Layout lines of comments: " *", a tab, a type of field, or what goes on in
# the column behind it.
layout_lines() {
	type='u(8|16le|32le|64le)|[us]varint|string|[0-9]+ bytes|column'
	grep -hE "^ \*	($type|         [^ ])" "$1" |
		sed 's/^ \*	//' | expand
}

for code in lib/format/chunk_*.c; do
	lines=$(layout_lines "$code")
	[ -n "$lines" ] || continue
	nothing "$page has the layouts of $code" \
		"$(printf '%s\n' "$lines" | grep -vxFf "$page")"
done
finish
