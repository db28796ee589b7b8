#!/bin/sh
# SPDX-License-Identifier: MIT
# node with --perf-basic-prof: names of JIT code come from /tmp/perf-PID.map.
. "$(dirname "$0")/lib.sh"

need node
# node leaves a log where it runs.
# shellcheck disable=SC2016
record node -- sh -c 'cd "$0" && exec node --perf-basic-prof "$1" 3' \
	"$tmp" "$PWD/tests/e2e/targets/collatz.js"
pid=$(sed -n 's/^pid //p' "$tmp/node.out")
[ "$pid" ] && rm -f "/tmp/perf-$pid.map"
report node function --by function --min-percent 0 --top 100000
ok "the hot function has the name that node gave it" \
	facts hot node.function '.*longestWalk.*' 50
ok "so have the builtins" facts hot node.function 'Builtins?[_:].*' 1 40 self_ns
ok "code of this script is known by its file" \
	facts hot node.function '.*collatz\.js.*' 50 100 self_ns
sound node
done_testing
