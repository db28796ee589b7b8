#!/bin/sh
# SPDX-License-Identifier: MIT
# What each level of `cprof record` costs, on a program that works, on one
# with many threads, on one that marks regions, and on one that sleeps; at the
# end the rows of the table in cprof-record(1).  On a machine with nothing
# else to do.
#
#	ROUNDS=9 tests/bench/levels.sh	more rounds, less luck
#
# "recorder" is the CPU time of cprof's sampler, with its collectors, as a
# share of the time that the program ran; "collectors" is their part of it;
# "program" how much longer it took, in CPU time, than without cprof.  All
# levels are recorded at 1000 Hz without a budget, so that nothing else
# differs; in turns, and the median counts.
. "$(dirname "$0")/lib.sh"

need "$PYTHON"
ROUNDS=${ROUNDS:-5}
lib=${CPROF_OBJ:-$BUILD/obj}
[ -e "$lib/libcprof.a" ] || cannot "no $lib/libcprof.a"
$CC -O2 -g -o "$BUILD/bench/fixed" tests/bench/fixed.c -pthread || exit 1
$CC -O2 -g -DMARKS -Ilib/mark -o "$BUILD/bench/fixed-marks" \
	tests/bench/fixed.c "$lib/libcprof.a" -pthread || exit 1

"$PYTHON" tests/bench/levels.py "$ROUNDS" "$CPROF" "$tmp/prof" \
	"$BUILD/bench/fixed 1000000 1" "$BUILD/bench/fixed 250000 8" \
	"$BUILD/bench/fixed-marks 1000000 1" "sleep 3"
