#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Levels of a recording, and views of numbers over time.
load lib

setup() {
	make_profile=$CPROF_OBJ/tools/make_profile
	[ -x "$make_profile" ] || skip "make_profile is not built"
	cd "$BATS_TEST_TMPDIR" || return
	export COLUMNS=100
}

# level_of LEVEL OPTIONS...: what inspect says of a recording at that level
level_of() {
	"$CPROF" record -q --level "$1" "${@:2}" -o "$1.prof" -- sleep 0.2
	"$CPROF" inspect --json "$1.prof" |
		jq -r '.runs[0] | "\(.level) \(.max_overhead_ppm)"'
}

@test "an unknown level, and an unknown view, are named" {
	cprof record --level all -- true
	status_is 125
	err_has "'all' is not a level: basic, standard, detailed or"
	"$make_profile" small small.prof
	cprof report --view disk small.prof
	status_is 2
	err_has "'disk': views are memory, resources, counters and timeline"
	cprof report --view memory --tree small.prof
	status_is 2
	err_has "at a time"
}

@test "a level is in the file; comprehensive has no limit unless one is given" {
	[ "$(level_of basic)" = "basic 10000" ]
	[ "$(level_of detailed)" = "detailed 10000" ]
	[ "$(level_of comprehensive)" = "comprehensive 0" ]
	[ "$(level_of comprehensive --max-overhead 2%)" = \
		"comprehensive 20000" ]
	[ "$(level_of basic --max-overhead 0.57%)" = "basic 5700" ]
	"$CPROF" record -q -o plain.prof -- true
	[ "$("$CPROF" inspect --json plain.prof |
		jq -r '.runs[0].level')" = standard ]
}

@test "memory at first, at its peak and at last is in the summary" {
	"$CPROF" record -q -o a.prof -- sleep 0.3
	cprof report a.prof
	status_is 0
	out_has "at first, "
	out_has "at the peak (after "
	"$CPROF" report --json a.prof | jq -e '.profile.memory |
		.initial_bytes > 0 and .peak_bytes >= .final_bytes and
		.peak_bytes >= .initial_bytes' >/dev/null
}

@test "every view fits its width, and is ASCII outside UTF-8" {
	"$make_profile" small small.prof
	for view in memory resources counters timeline; do
		for width in 60 80 132; do
			COLUMNS=$width LC_ALL=C cprof report --view $view \
				small.prof
			status_is 0
			[ "$(wc -L <<<"$output")" -le $width ] ||
				{ echo "$view is wider than $width"; false; }
			LC_ALL=C grep -q '[^ -~]' <<<"$output" &&
				{ echo "$view is not ASCII"; false; }
			true
		done
	done
}

@test "the timeline has the peaks of the other views" {
	"$make_profile" small small.prof
	cprof report --view timeline small.prof
	status_is 0
	out_like '^memory.rss .* 1\.0 MB$'
	# One thread: columns of a millisecond told of 144 % of a CPU.
	"$CPROF" record -q --level detailed -o a.prof -- \
		sh -c 'i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done'
	wanted=$("$CPROF" report --view resources a.prof |
		awk '$1 == "cpu.time" { print $5 }')
	[ -n "$wanted" ]
	[ "$("$CPROF" report --view timeline a.prof |
		awk '$1 == "cpu.time" { print $NF }')" = "$wanted" ]
}

@test "--view --json has each value of each series, and its owner" {
	"$make_profile" small small.prof
	"$CPROF" report --view timeline --json small.prof >all.json
	jq -e '.schema == "cprof.report/1" and .view == "timeline"' all.json
	jq -e '[.runs[].series[].values | length] | add == 9' all.json
	jq -e '.runs[0].series[] | select(.name == "memory.rss") |
		.scope == "run" and .unit == "bytes" and
		.values == [1048576, 20480, 0]' all.json
	jq -e '.runs[0].series[] | select(.source == "counter") |
		.pid == 4711 and .values[1] < 0' all.json
	jq -e '.runs[0].collectors[0].name == "memory"' all.json
	jq -e '.runs[0].running | length == 100' all.json
	"$CPROF" report --view counters --json small.prof |
		jq -e '[.runs[0].series[].source] == ["counter"]'
}

@test "views of a profile without numbers say so" {
	"$make_profile" plain plain.prof
	cprof report --view resources plain.prof
	status_is 0
	out_has "cprof record --level"
	cprof report --view counters plain.prof
	out_has "the program set none"
	"$make_profile" empty empty.prof
	cprof report --view timeline empty.prof
	status_is 0
}

@test "what cannot be recorded is said once, with the reason" {
	if [ -e /dev/dri ] || [ -e /dev/nvidiactl ] || [ -e /dev/accel ]; then
		skip "there is a GPU"
	fi
	cprof record --level detailed -o a.prof -- sleep 0.3
	status_is 0
	[ "$(grep -c 'not recorded: .*gpu (no device' <<<"$stderr")" = 1 ]
	cprof record -o b.prof -- sleep 0.1
	err_lacks "not recorded"
	cprof report --view resources a.prof
	out_has "no device in /dev/dri"
}
