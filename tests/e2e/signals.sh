#!/bin/sh
# SPDX-License-Identifier: MIT
# A signal handler that has 30 % of the time, and the stack under it.
. "$(dirname "$0")/lib.sh"

build signals
"$BUILD/e2e/signals" 1 >"$tmp/plain.out"
record handler -- "$BUILD/e2e/signals" 4
report handler function --by function --min-percent 0
# The handler works 0.6 of every 2 ms: the same stretch of each period.
ok "handler and interrupted work have their shares" \
	facts shares handler.function "$tmp/handler.out" 0.02
ok "the handler's time is also the interrupted function's, in total" \
	facts hot handler.function work_main 97
ok "main has it all" facts hot handler.function main 99
runs=$(sed -n 's/^count handler_runs //p' "$tmp/handler.out")
ok "every signal arrived ($runs of 2000)" test "$runs" -ge 1980
sound handler
done_testing
