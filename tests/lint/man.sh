#!/bin/sh
# SPDX-License-Identifier: MIT
# Every option is in its command's manual page, and the other way round;
# mandoc has nothing to say about any page.
. "$(dirname "$0")/../tap.sh"
: "${CPROF:=$(cd "$(dirname "$0")/../.." && pwd)/cprof}"
cd "${LINT_ROOT:-$(dirname "$0")/../..}" || exit

# Options of the tables of a command and of all commands behind it, as "-o"
# and "--output", one a line.
all_options() {
	"$CPROF" "$@" --list-options | awk -F'\t' '
		$1 { print $1 }
		{ print $2 }'
	for word in $("$CPROF" "$@" --list-commands 2>/dev/null | cut -f1); do
		all_options "$@" "$word"
	done
}

table_options() {
	all_options "$1" | sort -u
}

# Options that no table has; --version is cprof's own, and one of record.
everywhere() {
	if [ "$1" = man/cprof.1 ]; then
		echo '-h|--help|-V|--version'
	else
		echo '-h|--help'
	fi
}

# The options of the .It lines of a page; "Fl -x" is "--x".
page_options() {
	awk '/^\.It .*Fl/ {
		for (i = 1; i < NF; i++)
			if ($i == "Fl")
				print "-" $(i + 1)
	}' "$1" | sed 's/[,.]$//' | grep -vxE -- "$(everywhere "$1")" |
		sort -u
}

for command in $("$CPROF" help --commands | cut -f1); do
	page=man/cprof-$command.1
	if [ "$command" = help ]; then page=man/cprof.1; fi
	if [ ! -e "$page" ]; then
		not_ok "cprof $command has a manual page" "no $page"
		continue
	fi
	table_options "$command" >"${TMPDIR:-/tmp}/table.$$"
	page_options "$page" >"${TMPDIR:-/tmp}/page.$$"
	nothing "$page has every option of cprof $command" \
		"$(comm -23 "${TMPDIR:-/tmp}/table.$$" "${TMPDIR:-/tmp}/page.$$")"
	nothing "$page has no option that cprof $command has not" \
		"$(comm -13 "${TMPDIR:-/tmp}/table.$$" "${TMPDIR:-/tmp}/page.$$")"
	rm -f "${TMPDIR:-/tmp}/table.$$" "${TMPDIR:-/tmp}/page.$$"
done

missing_pages() {
	sed -n 's/^\.Xr \(cprof[a-z-]*\) \([0-9]\).*/\1.\2/p' man/*.[1357] |
		sort -u | while read -r page; do
			[ -e "man/$page" ] || echo "$page"
		done
}
nothing "a page that is referred to is there" "$(missing_pages)"

# Ours are not installed, a small system has none: what we could, we did.
complaints() {
	mandoc -T lint "$1" 2>/dev/null | grep -vE 'referenced manual not found: Xr'
}
for page in man/*.[1357]; do
	[ -e "$page" ] || continue
	if ! command -v mandoc >/dev/null; then
		skip "mandoc accepts $page" "mandoc is not installed"
	else
		nothing "mandoc accepts $page" "$(complaints "$page")"
	fi
done
finish
