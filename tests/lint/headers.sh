#!/bin/sh
# SPDX-License-Identifier: MIT
# Each header includes what it needs: it compiles alone, and twice.
. "$(dirname "$0")/../tap.sh"
cd "${LINT_ROOT:-$(dirname "$0")/../..}" || exit

flags=$(pkg-config --cflags libunwind-ptrace libdw libelf jansson libzstd \
	zlib 2>/dev/null)

for header in lib/*/*.h cmd/*.h; do
	[ -e "$header" ] || continue
	# shellcheck disable=SC2086  # flags and CC are lists of words
	succeeds "$header compiles alone" sh -c "
		printf '#include \"%s\"\n#include \"%s\"\n' '$header' '$header' |
			${CC:-cc} -std=gnu11 -D_GNU_SOURCE -Wall -Wextra \
			-Wno-unused-parameter -Werror -I. -Ilib $flags \
			-fsyntax-only -x c -"
done
finish
