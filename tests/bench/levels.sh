#!/bin/sh
# SPDX-License-Identifier: MIT
# What each level of `cprof record` costs, on a program that works, on one
# with many threads, and on one that sleeps.
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
$CC -O2 -g -o "$BUILD/bench/fixed" tests/bench/fixed.c -pthread || exit 1

for load in "$BUILD/bench/fixed 1000000 1" "$BUILD/bench/fixed 250000 8" \
	"sleep 3"; do
	echo "$load"
	# shellcheck disable=SC2086 # the words of a command
	"$PYTHON" tests/bench/levels.py "$ROUNDS" "$CPROF" "$tmp/prof" $load ||
		exit
done
