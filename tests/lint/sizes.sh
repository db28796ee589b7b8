#!/bin/sh
# SPDX-License-Identifier: MIT
# No function over 80 lines, no file over 600.
. "$(dirname "$0")/../tap.sh"
cd "${LINT_ROOT:-$(dirname "$0")/../..}" || exit

# A function's body is what stands between braces in the first column.
long_functions=$(find lib cmd tests -name '*.c' -exec awk '
	FNR == 1 { start = 0 }
	/^[a-z].*\(/ { name = $0 }
	/^{/ { start = FNR }
	/^}/ && start {
		if (FNR - start + 1 > 80)
			printf "%s:%d: %d lines: %s\n", FILENAME, start,
				FNR - start + 1, name
		start = 0
	}' {} +)
nothing "no function is longer than 80 lines" "$long_functions"

long_files=$(find lib cmd tests \( -name '*.[ch]' -o -name '*.sh' \
	-o -name '*.bats' -o -name '*.bash' -o -name '*.js' \
	-o -name '*.css' \) -exec awk '
	FNR == 601 { print FILENAME ": more than 600 lines" }' {} +)
nothing "no file is longer than 600 lines" "$long_files"
finish
