#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
load lib

setup() {
	needs_tracing
	sleep 1000 3>&- >/dev/null 2>&1 &
	target=$!
	# Until it has become sleep(1), and sleeps.
	eventually is_asleep
}

is_asleep() {
	state_is S && grep -q '^Name:.*sleep' "/proc/$target/status"
}

teardown() {
	if [ "${target:-}" ]; then
		kill -KILL "$target"
		wait "$target" || true
	fi
}

# state_is LETTER
state_is() {
	grep -q "^State:[[:space:]]*$1" "/proc/$target/status"
}

@test "dump shows a sleeping thread down to where it started" {
	cprof dump -p "$target"
	status_is 0
	err_empty
	out_has "process $target: 1 thread, 0 stopped for this"
	out_has "thread $target (sleep), sleeping:"
	out_like '^#[0-9]+ .*nanosleep'
	out_has "__libc_start_main"
	out_lacks "truncated"
}

@test "dump --json says the same for programs" {
	needs python3
	cprof dump --json -p "$target"
	status_is 0
	python3 - "$target" "$output" <<-'END'
		import json, sys
		doc = json.loads(sys.argv[2])
		assert doc["schema"] == "cprof.dump/1"
		assert doc["pid"] == int(sys.argv[1])
		thread, = doc["threads"]
		assert thread["complete"] and not thread["stopped"]
		assert thread["state"] == "sleep", thread["state"]
		assert thread["problem"] is None
		names = [frame["function"] for frame in thread["frames"]]
		assert any("nanosleep" in name for name in names), names
	END
}

@test "a dumped process is neither stopped nor traced afterwards" {
	cprof dump -p "$target"
	status_is 0
	eventually state_is S
	grep -q '^TracerPid:[[:space:]]*0$' "/proc/$target/status"
}

@test "dump leaves a stopped process stopped" {
	kill -STOP "$target"
	eventually state_is T
	cprof dump -p "$target"
	status_is 0
	out_has "thread $target (sleep), stopped by a signal:"
	out_has "nanosleep"
	state_is 'T (stopped)'
}

@test "dump of a process that does not exist says so, with status 2" {
	cprof dump -p 4194305
	status_is 2
	out_empty
	err_has "there is no process 4194305"
}

@test "dump without a process is a usage error" {
	cprof dump
	status_is 2
	err_has "-p PID"
	cprof dump "$target"
	status_is 2
	err_has "unexpected operand"
}

@test "dump -p takes several, and what one of them lacks is no loss to others" {
	cprof dump -p "$$
99999999,$target"
	status_is 2
	err_has "there is no process 99999999"
	out_has "process $$: 1 thread"
	out_has "thread $target (sleep), sleeping:"
	cprof dump --json -p "$target" -p $$
	status_is 0
	[ "$(grep -c '"schema": "cprof.dump/1"' <<<"$output")" -eq 2 ]
	cprof dump -p 1,x
	status_is 2
	err_has "'1,x' is not a list of process ids"
	cprof dump
	status_is 2
	err_has "which process? (-p PID)"
}
