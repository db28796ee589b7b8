#!/bin/sh
# SPDX-License-Identifier: MIT
# node with --perf-basic-prof: names of JIT code come from /tmp/perf-PID.map.
. "$(dirname "$0")/lib.sh"

need node

# forget_map NAME: what node has left in /tmp
forget_map()
{
	pid=$(sed -n 's/^pid //p' "$tmp/$1.out")
	[ "$pid" ] && rm -f "/tmp/perf-$pid.map"
}

# callers FUNCTION CALLER: of all stacks with FUNCTION, all but 3 % have it
# below CALLER
callers()
{
	"$CPROF" export -f collapsed "$tmp/calls.prof" |
		awk -v "callee=JS:.$1 [^;]*" -v "caller=JS:.$2 [^;]*;" '
			{ weight = $NF }
			$0 ~ callee { all += weight }
			$0 ~ caller callee { right += weight }
			END {
				print right " of " all " stacks"
				exit !(all > 0 && right >= 0.97 * all)
			}'
}

# node leaves a log where it runs.
# shellcheck disable=SC2016
record node -- sh -c 'cd "$0" && exec node --perf-basic-prof "$1" 3' \
	"$tmp" "$PWD/tests/e2e/targets/collatz.js"
forget_map node
report node function --by function --min-percent 0 --top 100000
ok "the hot function has the name that node gave it" \
	facts hot node.function '.*longestWalk.*' 50
ok "so have the builtins" facts hot node.function 'Builtins?[_:].*' 1 40 self_ns
ok "code of this script is known by its file" \
	facts hot node.function '.*collatz\.js.*' 50 100 self_ns
sound node

# Half of this time goes where a function has no frame yet, or none any more.
# shellcheck disable=SC2016
record calls -- sh -c 'cd "$0" && exec node --perf-basic-prof \
	--no-turbo-inlining "$1" 2' "$tmp" "$PWD/tests/e2e/targets/calls.js"
forget_map calls
ok "what is called is below what calls it: middle" callers middle outer
ok "what is called is below what calls it: inner" callers inner middle
done_testing
