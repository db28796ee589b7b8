#!/bin/sh
# SPDX-License-Identifier: MIT
# What sampling costs: the same work with and without a profiler, in turns.
#
#	ROUNDS=9 tests/bench/overhead.sh	more rounds, less luck
#
# "elapsed" is what the user feels, "its CPU" what the kernel charges to the
# program, "tool CPU" all that the profiler used (for perf without the report,
# for cprof with names looked up).  `cprof` keeps its budget (1 %) by sampling
# less often; cprof-1000Hz does not.
. "$(dirname "$0")/lib.sh"

need "$PYTHON"
ROUNDS=${ROUNDS:-5}
$CC -O2 -g -o "$BUILD/bench/fixed" tests/bench/fixed.c -pthread || exit 1

# overhead PROGRAM...: behind cprof, and perf where it may record.
overhead()
{
	echo "$*"
	set -- -- "$@"
	if perf record -q -e cpu-clock -o "$tmp/probe.perf" -- true \
		>/dev/null 2>&1; then
		set -- -- perf-dwarf perf record -e cpu-clock:u -F 1000 \
			--call-graph dwarf,8192 -o "$tmp/perf" -- \
			perf-fp perf record -e cpu-clock:u -F 1000 \
			--call-graph fp -o "$tmp/perf" "$@"
	fi
	"$PYTHON" tests/bench/overhead.py "$ROUNDS" \
		cprof "$CPROF" record --force -o "$tmp/prof" -- \
		cprof-1000Hz "$CPROF" record --force --max-overhead off \
		-o "$tmp/prof" "$@"
}

overhead "$BUILD/bench/fixed" 1000000 1
overhead "$BUILD/bench/fixed" 500000 2
overhead "$BUILD/bench/fixed" 250000 8
