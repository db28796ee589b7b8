#!/bin/sh
# SPDX-License-Identifier: MIT
# Stacks are followed to their start: of blocked threads, without a stop,
# and of running code of many kinds.
. "$(dirname "$0")/lib.sh"

pid=
end_target()
{
	if [ "$pid" ]; then
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	fi
	pid=
}
trap 'end_target; clean_up' EXIT

# start PROGRAM [ARG]: run a target of blocked threads until it is ready
start()
{
	: >"$tmp/ready"
	"$@" >"$tmp/ready" &
	pid=$!
	tries=0
	until grep -q ready "$tmp/ready" || [ $tries -eq 100 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
}

dumped()
{
	timeout 30 "$CPROF" dump --json -p "$pid" >"$tmp/dump.json"
}

# nobody_stopped: the target's threads are neither stopped nor traced
nobody_stopped()
{
	! cat "/proc/$pid/task"/*/status |
		grep -E '^State:[[:space:]]*[tT]|^TracerPid:[[:space:]]*[1-9]'
}

dump_fact()
{
	"$PYTHON" tests/e2e/dump.py "$1" "$tmp/dump.json" "$2" ${3:+"$3"}
}

# blocked NAME PROGRAM THREADS [STOPPED]
blocked()
{
	start "$2"
	ok "$1: blocked threads are dumped" dumped
	ok "$1: all their stacks are complete" \
		dump_fact complete "$3" "${4:-}"
	ok "$1: no thread stays stopped" nobody_stopped
}

# blocked_c NAME STOPPED FLAGS...
blocked_c()
{
	name=$1 stopped=$2
	shift 2
	build_as "blocked-$name" blocked "$@"
	blocked "$name" "$BUILD/e2e/blocked-$name" 18 "$stopped"
	ok "$name: they begin where threads begin" \
		dump_fact outermost '_start|clone3|__clone3|clone|__clone'
	ok "$name: every frame is there" dump_fact calls middle 4
	end_target
}

blocked_c plain 0
# Frames are found through rbp there, which only a stop tells: one for each
# kind of place.
blocked_c frame-pointer 18 -fno-omit-frame-pointer
blocked_c unoptimised 18 -O0
blocked_c static 0 -static
blocked_c static-pie 0 -static-pie
blocked_c no-pie 0 -no-pie

strip -s -o "$BUILD/e2e/blocked-stripped" "$BUILD/e2e/blocked-plain"
blocked stripped "$BUILD/e2e/blocked-stripped" 18 0
end_target

# The process's own id leads to no memory any more then.
start "$BUILD/e2e/blocked-plain" headless
sleep 0.3
ok "headless: threads are dumped when the first one has ended" dumped
ok "headless: the stacks of those that live are complete" \
	dump_fact living 17
ok "headless: no thread stays stopped" nobody_stopped
end_target

if command -v rustc >/dev/null &&
	rustc -O -o "$BUILD/e2e/blocked-rust" tests/e2e/targets/blocked.rs \
		2>"$tmp/rustc.err"; then
	blocked rust "$BUILD/e2e/blocked-rust" 5 5
	ok "rust: every frame is there" \
		dump_fact calls blocked::middle 5
	end_target
else
	skip "blocked threads of Rust" "rustc does not build the target"
fi

# running NAME COMMAND...: nearly all samples reach the start
running()
{
	name=$1
	shift
	record "$name" -- "$@"
	report "$name" function --by function --min-percent 0 --top 100000
	ok "$name: 99 % of the samples unwind to the outermost frame" \
		facts unwound "$name.function" 99
}

build_as stacks stacks -fno-builtin
for kind in sorting handler other-stack vdso alloca bare linkage vfork \
	coroutine; do
	running $kind "$BUILD/e2e/stacks" $kind 2
done
ok "handler: what it interrupted is there" facts hot handler.function deep 95
ok "other-stack: what it interrupted is there" \
	facts hot other-stack.function deep 95
ok "bare: its caller is there" facts hot bare.function main 95
report vfork wall --by function --clock wall --min-percent 0 --top 100000
ok "vfork: who waits for the child is there" facts hot vfork.wall spawning 45

build_as throwing throwing
running throwing "$BUILD/e2e/throwing" 2
build_as throwing-static throwing -static
running throwing-static "$BUILD/e2e/throwing-static" 2
done_testing
