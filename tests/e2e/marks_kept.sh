#!/bin/sh
# SPDX-License-Identifier: MIT
# Regions of programs whose first thread has ended, whose modules come and
# go, and which cprof has no time to look at.
. "$(dirname "$0")/lib.sh"
lib=${CPROF_OBJ:-$PWD/build/obj}
[ -e "$lib/libcprof.a" ] || skip_all "no $lib/libcprof.a"

build marks_kept -Ilib/mark "$lib/libcprof.a"
for name in one two; do
	build_as marks_plugin_$name.so marks_plugin -shared -fPIC -Ilib/mark \
		"-DPLUGIN_NAME=\"$name\"" "$lib/libcprof.a"
done

check()
{
	"$PYTHON" tests/e2e/marks_kept.py "$1" "$tmp/$1.region.json" \
		"$tmp/$1.out"
}

# until_true COMMAND...: within 10 s.
until_true()
{
	for _ in $(seq 200); do
		"$@" && return
		sleep 0.05
	done
	return 1
}

# The sampler of $recorder, into $sampler.
has_sampler()
{
	for sampler in $(cat "/proc/$recorder/task/$recorder/children"); do
		grep -qs cprof-sampler "/proc/$sampler/comm" && return
	done
	return 1
}

# attach NAME MODE: to a program that waits for its standard input, 3.
attach()
{
	rm -f "$tmp/go"
	mkfifo "$tmp/go"
	"$BUILD/e2e/marks_kept" "$2" <"$tmp/go" >"$tmp/$1.out" &
	pid=$!
	exec 3>"$tmp/go"
	until_true grep -q ready "$tmp/$1.out"
	timeout 60 "$CPROF" record -p $pid -F 50 --max-overhead off \
		-o "$tmp/$1.prof" 2>"$tmp/$1.err" 3>&- &
	recorder=$!
	# timeout(1) is in between.
	until_true grep -qs . "/proc/$recorder/task/$recorder/children"
	recorder=$(cat "/proc/$recorder/task/$recorder/children")
	recorder=${recorder% }
	until_true has_sampler
	until_true grep -qs "TracerPid:	[1-9]" "/proc/$pid/task/"*/status
	sleep 0.3
	echo >&3
}

finish()
{
	exec 3>&-
	wait
	report "$1" region --by region
}

attach leaderless leaderless
sleep 2
finish leaderless
ok "the first thread had ended: all calls are there, and the memory" \
	check leaderless

# The sampler gets no CPU for longer than a lease.
attach lapse steady
sleep 1
kill -STOP "$sampler"
sleep 3.2
kill -CONT "$sampler"
sleep 1
finish lapse
ok "what was not recorded is said, and no call got longer by it" check lapse

record first_ends -F 50 -- "$BUILD/e2e/marks_kept" first-ends
report first_ends region --by region
ok "what the first thread left open ends with it" check first_ends

record plugins -F 50 -- "$BUILD/e2e/marks_kept" plugins \
	"$PWD/$BUILD/e2e/marks_plugin_one.so" \
	"$PWD/$BUILD/e2e/marks_plugin_two.so"
report plugins region --by region
ok "modules come and go: their calls are told, and nobody else's memory is \
written to" check plugins

record crowd -F 50 -- "$BUILD/e2e/marks_kept" crowd
"$CPROF" report --by region "$tmp/crowd.prof" >"$tmp/crowd.text"
ok "more processes than can be looked at often: the report says so" \
	grep -E "memory: too many files .more than 64. to look often" \
	"$tmp/crowd.text"

modules=
for i in $(seq 19); do
	cp "$BUILD/e2e/marks_plugin_one.so" "$tmp/marks_many_$i.so"
	modules="$modules $(readlink -f "$tmp")/marks_many_$i.so"
done
# shellcheck disable=SC2086  # a list of names
record many -F 50 -- "$BUILD/e2e/marks_kept" many $modules
report many region --by region
ok "more modules than are read: each that is not is named" check many
"$CPROF" report --by region "$tmp/many.prof" >"$tmp/many.text"
ok "the report says so" grep "Marks of 4 modules were not read" \
	"$tmp/many.text"
done_testing
