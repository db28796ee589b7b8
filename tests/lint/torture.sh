#!/bin/sh
# SPDX-License-Identifier: MIT
# Each torture test stands in the table of promises; what the table and the
# manual page name is there.
. "$(dirname "$0")/../tap.sh"
cd "${LINT_ROOT:-$(dirname "$0")/../..}" || exit
table=tests/torture/README.md
page=man/cprof-transparency.7

# The second column of the table, one name a line.
named() {
	[ -e "$table" ] || return 0
	awk -F'|' '/^\|/ && $3 !~ /^ *file *$|^-/ { print $3 }' "$table" |
		tr -d ' ' | tr ',' '\n' | sort -u
}

# "(torture/one, two)" of the page.
promised() {
	[ -e "$page" ] || return 0
	sed -n 's/^\.Pq torture\/\([^;]*\).*/\1/p' "$page" | tr -d ' ' |
		tr ',' '\n' | sort -u
}

there() {
	for file in tests/torture/*.sh; do
		name=${file##*/}
		case $name in lib.sh | '*.sh') continue ;; esac
		echo "${name%.sh}"
	done | sort -u
}

work=$(mktemp -d) || exit
trap 'rm -rf "$work"' EXIT
there >"$work/there"
named >"$work/named"
promised >"$work/promised"
nothing "each torture test is in $table" \
	"$(comm -23 "$work/there" "$work/named")"
nothing "each test that $table names is there" \
	"$(comm -13 "$work/there" "$work/named")"
nothing "each test that $page names is there" \
	"$(comm -13 "$work/there" "$work/promised")"
finish
