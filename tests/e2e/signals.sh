#!/bin/sh
# SPDX-License-Identifier: MIT
# A signal handler that has 30 % of the time, and the stack under it.
. "$(dirname "$0")/lib.sh"

build signals
record handler -- "$BUILD/e2e/signals" 4
report handler function --by function --min-percent 0
# The handler works 0.6 of every 2 ms: the same stretch of each period.
ok "handler and interrupted work have their shares" \
	facts shares handler.function "$tmp/handler.out" 0.02
ok "the handler's time is also the interrupted function's, in total" \
	facts hot handler.function work_main 97
ok "main has it all" facts hot handler.function main 99
counted()
{
	sed -n "s/^count $1 //p" "$tmp/handler.out"
}
expected=$(counted expected) signals=$(counted signals)
ok "every signal arrived ($signals of $expected)" \
	test "$signals" -ge $((expected - 3))
sound handler
done_testing
