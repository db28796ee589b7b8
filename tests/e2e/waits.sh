#!/bin/sh
# SPDX-License-Identifier: MIT
# Why threads wait: futex, poll, pipe, socket, sleep, child, disk, and a CPU.
. "$(dirname "$0")/lib.sh"

build waits
record waits --no-follow -- "$BUILD/e2e/waits" 3
report waits off --clock off-cpu --by function --min-percent 0 --top 1000
report waits wall --clock wall --by function --min-percent 0
report waits function --by function --min-percent 0
ok "the time in each kind of wait is what the program measured" \
	facts waits waits.off "$tmp/waits.out"
ok "wall time is the time that all threads lived" \
	facts lifetime waits.wall "$tmp/waits.out"
ok "the CPU time is the kernel's own" \
	facts cpu waits.function "$tmp/waits.out"
for reason in in_futex in_poll in_pipe in_socket in_sleep for_child; do
	ok "wait_$reason has the wait in total" \
		facts hot waits.off "wait_$reason" 5
done
sound waits

build disk
timeout 10 "$BUILD/e2e/disk" 0.3 "$tmp/page" >/dev/null
if [ $? -eq 4 ]; then
	skip "the wait for a disk is one" "the disk takes no time here"
else
	record disk -- "$BUILD/e2e/disk" 3 "$tmp/page"
	report disk off --clock off-cpu --by function --min-percent 0 \
		--top 1000
	report disk wall --clock wall --by function --min-percent 0
	ok "the wait for a disk is one, as long as the program measured" \
		facts waits disk.off "$tmp/disk.out" 10
	ok "wall time is the time that its thread lived" \
		facts lifetime disk.wall "$tmp/disk.out"
	ok "wait_for_disk has the wait in total" \
		facts hot disk.off wait_for_disk 90
fi
done_testing
