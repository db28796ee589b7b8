#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
load lib

teardown() {
	for pid in ${started:-}; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}

# start COMMAND: in the background; its pid is $pid, and it is itself
start() {
	"$@" 3>&- >/dev/null 2>&1 &
	pid=$!
	started="${started:-} $pid"
	eventually is_no_shell_of_ours
}

# What bash forks is bash until it executes the command.
is_no_shell_of_ours() {
	! cmp -s "/proc/$pid/cmdline" "/proc/$$/cmdline"
}

@test "doctor tries tracing, and its status is its answer" {
	cprof doctor
	err_empty
	if grep -q '^X' <<<"$output"; then
		status_is 1
		out_has "cannot record here"
	else
		status_is 0
		out_like '^  seize .*get hold of a thread'
		out_like '^  kernel .*x86_64'
		out_has "cprof can record here"
	fi
}

# The nearest that a test comes to a machine that forbids ptrace.
@test "doctor says so when ptrace is forbidden, and status is 1" {
	needs_tracing
	needs strace
	# The leak check uses ptrace itself.
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
	run --separate-stderr strace -o /dev/null -e trace=ptrace \
		-e inject=ptrace:error=EPERM "$CPROF" doctor
	status_is 1
	out_like '^X record COMMAND +no: '
	out_like '^X seize .*Operation not permitted'
	out_like '^! registers .*not tried'
	out_has "cprof cannot record here"
}

@test "doctor names the step that is missing" {
	needs_tracing
	needs strace
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
	run --separate-stderr strace -o /dev/null -e trace=process_vm_readv \
		-e inject=process_vm_readv:error=ENOSYS "$CPROF" doctor
	status_is 1
	out_like '^  registers '
	out_like '^X memory .*Function not implemented'
	out_has "not in this kernel"
}

@test "a full disk fails doctor, too" {
	[ -e /dev/full ] || skip "there is no /dev/full"
	run --separate-stderr bash -c "'$CPROF' doctor >/dev/full"
	status_is 2
	err_has "No space left on device"
}

@test "doctor --json says the same for programs" {
	needs python3
	cprof doctor --json
	wanted=$status
	python3 - "$wanted" 3<<<"$output" <<-'END'
		import json, sys
		doc = json.load(open(3))
		assert doc["schema"] == "cprof.doctor/1"
		assert doc["can_launch"] == (sys.argv[1] == "0")
		names = [c["name"] for c in doc["checks"]]
		assert "seize" in names and "Yama" in names, names
		assert all(c["status"] in ("ok", "note", "failed")
		           for c in doc["checks"])
	END
}

@test "doctor leaves no process behind" {
	# By a name of its own: another test may run doctor at this time.
	ln -s "$CPROF" "$BATS_TEST_TMPDIR/cprof"
	"$BATS_TEST_TMPDIR/cprof" doctor >/dev/null || true
	[ -z "$(pgrep -f "^$BATS_TEST_TMPDIR/cprof" || true)" ]
}

@test "doctor -p says that a process of ours can be recorded" {
	needs_tracing
	start sleep 60
	cprof doctor -p "$pid"
	status_is 0
	out_has "process $pid can be recorded here"
	out_like "^  process .*$pid \(sleep\)"
	# It was let go, and not left stopped.
	[ "$(awk '/^TracerPid/ { print $2 }' "/proc/$pid/status")" = 0 ]
	eventually grep -q '^State:.S' "/proc/$pid/status"
}

@test "doctor -p names the tracer of a process that is traced" {
	needs_tracing
	needs strace
	start sleep 60
	target=$pid
	start strace -o /dev/null -p "$target"
	eventually grep -q "TracerPid:.*$pid" "/proc/$target/status"
	cprof doctor -p "$target"
	status_is 1
	out_has "already traced by process $pid (strace)"
}

@test "doctor -p says that a zombie has exited" {
	# It ends when the shell is gone, which would have waited for it.
	start sh -c 'sleep 0.3 & exec sleep 60'
	eventually pgrep -P "$pid" -r Z
	zombie=$(pgrep -P "$pid" -r Z)
	cprof doctor -p "$zombie"
	status_is 1
	out_has "has exited"
}

@test "doctor -p of no process is trouble" {
	start true
	wait "$pid"
	cprof doctor -p "$pid"
	status_is 2
	out_empty
	err_has "there is no process $pid"
}

@test "doctor -p of another user's process says whose it is" {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid 65534 --clear-groups /bin/true 2>/dev/null ||
			skip "another user cannot run programs here"
		start sleep 60
		chmod 755 "$TMPDIR"
		cp "$CPROF" "$TMPDIR/cprof"
		run --separate-stderr setpriv --reuid 65534 --clear-groups \
			"$TMPDIR/cprof" doctor -p "$pid"
		wanted="another user, 0 (root)"
	else
		cprof doctor -p 1
		wanted="another user"
	fi
	status_is 1
	out_has "$wanted"
}

@test "doctor -p wants a number" {
	cprof doctor -p bash
	status_is 2
	err_has "option '--pid': 'bash' is not a whole number"
}
