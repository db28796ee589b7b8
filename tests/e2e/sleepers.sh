#!/bin/sh
# SPDX-License-Identifier: MIT
# 200 threads that sleep and one that works: the sleepers are left in peace.
. "$(dirname "$0")/lib.sh"

build sleepers
counted()
{
	sed -n "s/^count $1 //p" "$tmp/sleepers.out"
}
record sleepers -- "$BUILD/e2e/sleepers" 4
report sleepers function --by function --min-percent 0
report sleepers off --clock off-cpu --by function --min-percent 0
ok "the busy thread has nearly all the CPU time" \
	facts hot sleepers.function work_busy 90
ok "the CPU time is the kernel's own" \
	facts cpu sleepers.function "$tmp/sleepers.out" 2
ok "no sleep was interrupted" test "$(counted interrupted)" -eq 0
# Once each when it is seen for the first time, and the races that remain.
stops=$(counted extra_switches) naps=$(counted naps)
ok "sleepers were stopped next to never ($stops times in $naps naps)" \
	test "$stops" -le 400
ok "200 threads sleep as long as they live, 4 s or so" \
	facts lifetime sleepers.off "$tmp/sleepers.out" 2
sound sleepers
done_testing
