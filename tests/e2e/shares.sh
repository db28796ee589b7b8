#!/bin/sh
# SPDX-License-Identifier: MIT
# One busy thread whose functions use 50, 30, 15 and 5 % of its time.
. "$(dirname "$0")/lib.sh"

build shares
for bursts in long short periodic; do
	record $bursts -- "$BUILD/e2e/shares" $bursts 3
	report $bursts function --by function --min-percent 0
	ok "$bursts bursts: each function has its share of the time" \
		facts shares $bursts.function "$tmp/$bursts.out"
	ok "$bursts bursts: the CPU time is the kernel's own" \
		facts cpu $bursts.function "$tmp/$bursts.out"
	ok "$bursts bursts: main and _start have nearly all of it in total" \
		facts hot $bursts.function main 99
	ok "$bursts bursts: the rate is near what was asked for" \
		facts rate $bursts.function 1000
	sound $bursts
done

# Looks that came upon the clock's system call are left out: less often.
record calls -- "$BUILD/e2e/shares" calls 3
report calls function --by function --min-percent 0
ok "calls after each burst: each function has its share of the time" \
	facts shares calls.function "$tmp/calls.out"
ok "calls after each burst: the CPU time is the kernel's own" \
	facts cpu calls.function "$tmp/calls.out"
sound calls
done_testing
