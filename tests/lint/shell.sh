#!/bin/sh
# SPDX-License-Identifier: MIT
# No script has a fault that shellcheck knows.
. "$(dirname "$0")/../tap.sh"
cd "${LINT_ROOT:-$(dirname "$0")/../..}" || exit
command -v shellcheck >/dev/null || skip_all "shellcheck is not installed"

# SC2034, SC2154: the tool does not see what a sourced file defines or
# uses.
for script in .ci/run tests/check tests/demo tests/run tests/list \
	$(find tests -name '*.sh' -o -name '*.bash' -o -name '*.bats' | sort); do
	[ -e "$script" ] || continue
	case $script in
	*.bash) set -- -s bash ;;
	*.bats) set -- -s bats ;;
	*) set -- ;;
	esac
	succeeds "shellcheck accepts $script" shellcheck "$@" \
		-S warning -e SC2034,SC2154 "$script"
done
finish
