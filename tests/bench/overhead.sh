#!/bin/sh
# SPDX-License-Identifier: MIT
# What being recorded costs a program, from outside: by its own clock, with a
# fixed amount of work on 1, 4 and 64 busy threads, in turns with and without.
#
#	ROUNDS=9 SECONDS_EACH=2.5	the usual: less than 5 minutes
#	THREADS="1 4" tests/bench/overhead.sh
#	MORE=1		cprof without its limit, and perf with frame pointers, too
#
# Each round has the program alone twice (how far apart those are is the
# noise of this machine) and once behind each profiler.  A ratio is that of
# one round; told are the median and the interval in which it lies in 95 of
# 100 cases.  A run may lose 25 ms, which are 1 % of 2.5 s.
. "$(dirname "$0")/lib.sh"

need "$PYTHON"
$CC -O2 -g -o "$BUILD/bench/fixed" tests/bench/fixed.c -pthread || exit 1

set -- cprof "$CPROF" record --force -o "$tmp/prof"
if [ "${MORE:-}" ]; then
	set -- "$@" -- cprof-1000Hz "$CPROF" record --force --max-overhead off \
		-o "$tmp/prof"
fi
if perf record -q -e cpu-clock -o "$tmp/probe.perf" -- true \
	>/dev/null 2>&1; then
	set -- "$@" -- perf-dwarf perf record -e cpu-clock:u -F 1000 \
		--call-graph dwarf,8192 -o "$tmp/perf"
	if [ "${MORE:-}" ]; then
		set -- "$@" -- perf-fp perf record -e cpu-clock:u -F 1000 \
			--call-graph fp -o "$tmp/perf"
	fi
else
	echo "perf may not record here"
fi
exec "$PYTHON" -B tests/bench/overhead.py "$BUILD/bench/fixed" \
	"${SECONDS_EACH:-2.5}" "${ROUNDS:-9}" "${THREADS:-1 4 64}" "$@"
