#!/bin/sh
# SPDX-License-Identifier: MIT
# Stubs that an interpreter makes at run time, as python3.12 -X perf does: no
# unwind rules, names in /tmp/perf-PID.map.
. "$(dirname "$0")/lib.sh"

build stubs -fomit-frame-pointer

# forget_map FILE: what the target, whose output is in FILE, has left in /tmp
forget_map()
{
	pid=$(sed -n 's/^pid //p' "$1")
	[ "$pid" ] && rm -f "/tmp/perf-$pid.map"
}

for kind in plain framed; do
	record $kind -- "$BUILD/e2e/stubs" $kind deep 2
	forget_map "$tmp/$kind.out"
	report $kind function --by function --min-percent 0 --top 100000
	sound $kind
	for name in outer middle inner; do
		ok "$kind: $name is on every stack" \
			facts hot $kind.function "py::$name:app.py" 95
	done
	record $kind-quick -- "$BUILD/e2e/stubs" $kind quick 2
	forget_map "$tmp/$kind-quick.out"
	report $kind-quick function --by function --min-percent 0 --top 100000
	sound $kind-quick
	ok "$kind: stubs themselves are seen" \
		facts hot $kind-quick.function 'py::middle:app.py' 5 100 self_ns
	ok "$kind: what called them is there, too" \
		facts hot $kind-quick.function 'py::outer:app.py' 90
done

for kind in plain framed; do
	"$BUILD/e2e/stubs" $kind asleep 20 >"$tmp/asleep.out" &
	pid=$!
	until grep -q ready "$tmp/asleep.out"; do sleep 0.05; done
	until grep -q '^State:[[:space:]]*S' "/proc/$pid/status"; do
		sleep 0.05
	done
	ok "$kind: a thread asleep below stubs is dumped" \
		sh -c 'timeout 30 "$0" dump --json -p "$1" >"$2"' "$CPROF" \
		$pid "$tmp/dump.json"
	ok "$kind: its stack is complete" \
		"$PYTHON" tests/e2e/dump.py complete "$tmp/dump.json" 1
	ok "$kind: each function is there once" \
		"$PYTHON" tests/e2e/dump.py calls "$tmp/dump.json" \
		py::middle:app.py 1
	kill $pid
	wait $pid 2>/dev/null
	rm -f "/tmp/perf-$pid.map"
done
done_testing
