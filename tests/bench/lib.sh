# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Sourced by the benchmarks: they print ratios against peers measured in the
# same run, with the bound that we want to keep, and never fail for being
# slow.  `make bench` runs them all; one: tests/bench/NAME.sh.

cd "$(dirname "$0")/../.." || exit 1
CPROF=${CPROF:-$PWD/cprof}
BUILD=${BUILD:-build}
CC=${CC:-cc}
PYTHON=/usr/bin/python3

mkdir -p "$BUILD/bench" || exit 1
tmp=$(mktemp -d "$BUILD/bench/tmp.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# cannot REASON: leave this benchmark out.
cannot()
{
	echo "left out: $1"
	exit 0
}

need()
{
	for command; do
		command -v "$command" >/dev/null 2>&1 ||
			cannot "$command is not installed"
	done
}

need_perf()
{
	need perf
	perf record -q -e cpu-clock -o "$tmp/probe.perf" -- true \
		>/dev/null 2>&1 || cannot "perf may not record here"
}
