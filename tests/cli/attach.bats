#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# record -p: the processes that are meant.
load lib

setup() {
	mkdir "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work" || return
}

@test "-p of what is not there says so, is 125, and makes no file" {
	needs_tracing
	sleep 0 3>&- &
	gone=$!
	wait $gone
	cprof record -p $gone -o p
	status_is 125
	[ "$stderr" = "cprof record: there is no process $gone" ]
	[ -z "$(ls -A)" ]
}

@test "the processes to attach to are listed as pidof and pgrep do" {
	sleep 60 3>&- &
	one=$!
	sleep 60 3>&- &
	two=$!
	cprof record -d 0.3 -o p -p "$one $two"
	status_is 0
	err_has "in 2 processes"
	cprof record -d 0.3 -o p -p "$one"$'\n'"$two"
	err_has "in 2 processes"
	kill $one $two
	for wrong in "$one  $two" "$one," " $one" "$one $two "; do
		cprof record -d 0.3 -o p -p "$wrong"
		status_is 125
		err_has "is not a list of process ids"
	done
}

# a_family: $family, whose child has a child; all of them sleep
a_family() {
	sh -c 'sh -c "sleep 60 & echo \$! >grandchild; wait" &
		wait' 3>&- &
	family=$!
	eventually test -s grandchild
	grandchild=$(cat grandchild)
	child=$(ps -o ppid= -p "$grandchild" | tr -d ' ')
}

@test "--children attaches to those that run already, and those of them" {
	needs_tracing
	a_family
	cprof record -d 0.3 -o p -p $family
	status_is 0
	err_has "cprof: 2 child processes are not recorded; to record them, \
too: --children"
	cprof record -d 0.3 -o p -p "$family,$child"
	err_has "cprof: 1 child process is not recorded; to record it, too:"
	cprof record -q -d 0.3 -o p -p $family
	[ -z "$stderr" ] || show
	cprof record --no-follow -d 0.3 -o p -p $family
	err_lacks "--children"
	cprof record --children -d 0.3 -o p -p $family
	status_is 0
	err_has "3 threads in 3 processes"
	err_lacks "not recorded"
	cprof report --json --by process --clock wall --min-percent 0 p
	[ "$(jq '.rows | length' <<<"$output")" -eq 3 ] || show
	kill $family "$child" "$grandchild"
}

@test "--children that are not to be had are told" {
	needs_tracing
	a_family
	"$CPROF" record -q -p "$child" --no-follow -o other 3>&- &
	other=$!
	eventually eval '! grep -q "^TracerPid:.0$" "/proc/$child/status"'
	cprof record --children -d 0.3 -o p -p $family
	status_is 0
	err_has "1 child process is not recorded: cannot trace process $child"
	err_has "2 threads in 2 processes"
	kill "$grandchild" $family "$child"
	wait $other
}

@test "--children of a shell are not cprof's own" {
	needs_tracing
	cprof record --children -d 0.3 -o p -p $$
	status_is 0
	cprof report --json --by process --clock wall --min-percent 0 p
	[ "$(jq '[.rows[].name | select(startswith("cprof"))] | length' \
		<<<"$output")" -eq 0 ] || show
}
