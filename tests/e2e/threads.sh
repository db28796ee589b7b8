#!/bin/sh
# SPDX-License-Identifier: MIT
# Threads of unequal use; one that starts late, some that live shortly; and
# work after thousands that came and went.
. "$(dirname "$0")/lib.sh"

build threads
for mode in duty crowd; do
	case $mode in
	duty) allowance=40 ;;
	*) allowance=8 ;;
	esac
	record $mode -- "$BUILD/e2e/threads" $mode 3
	report $mode function --by function --min-percent 0
	report $mode thread --by thread --min-percent 0 --top 100
	report $mode wall --clock wall --by function --min-percent 0
	report $mode off --clock off-cpu --by function --min-percent 0
	ok "$mode: each thread has the CPU time that it used" \
		facts threads $mode.thread "$tmp/$mode.out"
	ok "$mode: the late and the brief threads are seen at work" \
		facts shares $mode.function "$tmp/$mode.out" 0.02
	ok "$mode: the CPU time is the kernel's own" \
		facts cpu $mode.function "$tmp/$mode.out"
	ok "$mode: wall time is the time that all threads lived" \
		facts lifetime $mode.wall "$tmp/$mode.out"
	ok "$mode: time on a CPU and off it are all of that" \
		facts adds_up $mode.wall "$tmp/$mode.function.json" \
		"$tmp/$mode.off.json"
	# In a window in which a thread was never seen to wait, it did not.
	ok "$mode: waiting for a CPU is near what the kernel says" \
		facts waits $mode.off "$tmp/$mode.out" "$allowance"
	sound $mode
done

build storm
for kind in threads processes; do
	record after-$kind -- "$BUILD/e2e/storm" $kind 2000 1
	report after-$kind function --by function --min-percent 0
	ok "after 2000 $kind, work is sampled as often as before" \
		facts rate after-$kind.function 1000 work_after
done
done_testing
