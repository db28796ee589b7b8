# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Sourced by the cases in this directory: runs cases/NAME.py.
#
# From the environment, for more than a quick check:
#	TORTURE_FACTOR	multiplies the number of trials (1)
#	TORTURE_SEED	repeats a run with random times

PYTHON=/usr/bin/python3

# run_case NAME: does not return
run_case()
{
	[ -x "$PYTHON" ] || skip_all "python3 is not installed"
	command -v "${CC:-cc}" >/dev/null || skip_all "no C compiler"
	exec "$PYTHON" -B "$(dirname "$0")/cases/$1.py"
}

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}
