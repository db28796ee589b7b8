#!/bin/sh
# SPDX-License-Identifier: MIT
# A thread that works A, works B and sleeps: no time of A or B may land on
# the sleep, nor time of one on the other.
. "$(dirname "$0")/lib.sh"

build duty

# duty NAME ALLOWANCE PERCENT ARGUMENTS...: of shares, of the time asleep.
duty()
{
	name=$1 allowance=$2 percent=$3
	shift 3
	record "$name" -- "$BUILD/e2e/duty" "$@"
	report "$name" function --by function --min-percent 0
	report "$name" off --clock off-cpu --by function --min-percent 0
	report "$name" wall --clock wall --by function --min-percent 0
	ok "$name: A and B have their shares" \
		facts shares "$name.function" "$tmp/$name.out" "$allowance"
	ok "$name: the CPU time is the kernel's own" \
		facts cpu "$name.function" "$tmp/$name.out"
	ok "$name: the sleep is off-CPU time and is called one" \
		facts waits "$name.off" "$tmp/$name.out" "$percent"
	ok "$name: wall time is the time that the thread lived" \
		facts lifetime "$name.wall" "$tmp/$name.out"
	ok "$name: time on a CPU and off it are all of that" \
		facts adds_up "$name.wall" "$tmp/$name.function.json" \
		"$tmp/$name.off.json"
}

duty milliseconds 0.02 6 2000 3000 10000 4
# Far below the period, and near the time that a stop takes to arrive.
duty microseconds 0.08 15 100 200 700 4
duty pinned 0.02 6 1000 2200 6800 4 1
done_testing
