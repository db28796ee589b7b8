#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Whole outputs stand in tests/cli/report/NAME.out; UPDATE=1 rewrites them.
load lib

setup() {
	make_profile=$CPROF_OBJ/tools/make_profile
	[ -x "$make_profile" ] || skip "make_profile is not built"
	cd "$BATS_TEST_TMPDIR" || return
	export COLUMNS=100
}

made() {
	"$make_profile" "$1" "$1.prof"
}

# refute COMMAND: it fails.  A mere "!" would not end the test.
refute() {
	if "$@"; then return 1; fi
}

# golden NAME: stdout is what tests/cli/report/NAME.out holds
golden() {
	local file=$TEST_TOP/tests/cli/report/$1.out

	if [ -n "${UPDATE:-}" ]; then
		printf '%s\n' "$output" >"$file"
	fi
	diff -u "$file" <(printf '%s\n' "$output")
}

# report_is NAME ARGS: a report that goes well, and its whole output
report_is() {
	cprof report "${@:2}"
	status_is 0
	err_empty
	golden "$1"
}

@test "the default report is a summary, the hottest functions and the tree" {
	made plain
	report_is default plain.prof
}

@test "the default report fits 80 columns" {
	made plain
	COLUMNS=80 report_is default-80 plain.prof
	[ "$(wc -L <<<"$output")" -le 80 ]
}

@test "--by function: self and total of a recursive function count once" {
	made recursion
	report_is by-function --by function recursion.prof
}

@test "every table adds up to the same total" {
	made plain
	for by in function line file module thread process; do
		cprof report --json --by $by plain.prof
		status_is 0
		sum=$(jq '[.rows[].self_ns] | add' <<<"$output")
		[ "$sum" -eq 100000000 ] || show
		[ "$(jq .total_ns <<<"$output")" -eq "$sum" ]
		[ "$(jq '[.rows[].samples] | add' <<<"$output")" -eq 100 ]
	done
}

@test "--by line, file, module, thread and process print tables" {
	made threads
	for by in line file module thread process; do
		report_is "by-$by" --by $by threads.prof
	done
}

@test "--clock off-cpu names the reasons, in tables and trees" {
	made threads
	report_is off-cpu --clock off-cpu --by function threads.prof
	report_is off-cpu-tree --clock off-cpu --tree threads.prof
	report_is wall-tree --clock wall --tree threads.prof
}

@test "--bottom-up, --callers and --callees" {
	made plain
	report_is bottom-up --bottom-up plain.prof
	report_is callers --callers beta plain.prof
	report_is callees --callees alpha plain.prof
}

@test "recursion is folded in the tree unless --all-frames" {
	made recursion
	report_is recursion --tree recursion.prof
	report_is all-frames --tree --all-frames recursion.prof
}

@test "outside UTF-8 the tree is ASCII" {
	made plain
	LC_ALL=C report_is ascii --tree plain.prof
	refute grep -qP '[^\x00-\x7f]' <<<"$output"
}

@test "runs are added up, and the summary lists their seconds" {
	made runs
	report_is runs runs.prof
}

@test "several files are added up" {
	made plain
	made recursion
	report_is files plain.prof recursion.prof
	out_has "2 in 2 files"
	cprof report --json --by function plain.prof recursion.prof
	[ "$(jq .total_ns <<<"$output")" -eq 200000000 ]
	[ "$(jq '.profile.files | length' <<<"$output")" -eq 2 ]
}

@test "filters by thread, process, module, function and file" {
	made threads
	total() {
		cprof report --json --by function "$@" threads.prof
		status_is 0
		jq .total_ns <<<"$output"
	}
	[ "$(total)" -eq 400000000 ]
	[ "$(total --thread worker-1)" -eq 300000000 ]
	[ "$(total --thread 4712 --thread 4713)" -eq 400000000 ]
	[ "$(total --process app)" -eq 400000000 ]
	[ "$(total --process 4711)" -eq 400000000 ]
	[ "$(total --module '[[]jit]')" -eq 100000000 ]
	[ "$(total --function 'al*')" -eq 300000000 ]
	[ "$(total --file app.c)" -eq 300000000 ]
	[ "$(total --clock wall --module 'libz*')" -eq 70000000 ]
}

@test "a table lists only what fits --module" {
	made threads
	cprof report --json --clock wall --by function --module 'libz*' \
		threads.prof
	[ "$(jq -r '.rows[].name' <<<"$output")" = deflate ]
}

@test "--time keeps a part of each run" {
	made plain
	time_total() {
		cprof report --json --by function --time "$1" plain.prof
		status_is 0
		jq .total_ns <<<"$output"
	}
	[ "$(time_total 10ms-30ms)" -eq 20000000 ]
	[ "$(time_total 0.06-)" -eq 40000000 ]
	[ "$(time_total -10500us)" -eq 10500000 ]
	[ "$(time_total 2-3)" -eq 0 ]
	cprof report --time 2-3 plain.prof
	status_is 0
	out_has "No samples: none is left by the filters"
}

@test "with a filter, the summary says that it is not of that part" {
	made threads
	cprof report --time 10ms-30ms --thread worker-1 --thread 'w*' \
		--module app threads.prof
	status_is 0
	out_has "Filter    from 10.0 ms to 30.0 ms, thread worker-1 or w*, \
module app, in all that follows; the lines"
	cprof report --time -30ms threads.prof
	out_like "^Filter    up to 30\.0 ms, in all that follows; .* the whole run"
	cprof report threads.prof
	out_lacks Filter
}

@test "--top and --min-percent say what they hide" {
	made plain
	cprof report --by function --top 2 plain.prof
	[ "$(grep -c '%' <<<"$output")" -eq 3 ]
	out_has "6 more rows, 19.0% of the time (--top N shows more)"
	cprof report --tree --min-percent 50 plain.prof
	out_has "(--min-percent)"
	out_lacks "beta"
	cprof report --tree --min-percent 0 plain.prof
	out_has "beta"
	out_lacks "(--min-percent)"
}

@test "--json of rows has the documented shape" {
	made threads
	cprof report --json --clock off-cpu --by function threads.prof
	status_is 0
	jq -e '.schema == "cprof.report/1" and .clock == "off-cpu" and
		(.profile | type) == "object" and
		.total_ns == ([.rows[].self_ns] | add) and
		(.rows | all(has("name") and has("module") and has("file") and
			has("line") and has("self_ns") and has("total_ns") and
			has("samples") and has("reason"))) and
		(.rows | map(.reason) | unique) == ["child", "disk", "futex",
			"pipe", "poll", "runnable", "sleep", "socket"]' \
		<<<"$output" || show
}

@test "--json of every tree adds up, parents first" {
	made recursion
	for view in --tree --bottom-up "--callers fib" "--callees fib" ""; do
		read -ra words <<<"$view"
		cprof report --json "${words[@]}" recursion.prof
		status_is 0
		jq -e '.nodes as $n | .nodes[0].parent == null and
			.nodes[0].total_ns == .total_ns and
			([range(1; $n | length) |
			  $n[.].parent < . and
			  $n[.].total_ns <= $n[$n[.].parent].total_ns] | all)' \
			<<<"$output" || show
	done
}

@test "--json --tree without options folds nothing small" {
	made plain
	cprof report --json --tree plain.prof
	[ "$(jq '[.nodes[].self_ns] | add' <<<"$output")" -eq 100000000 ]
	[ "$(jq .nodes_left_out <<<"$output")" -eq 0 ]
}

@test "hostile names show themselves and do nothing else" {
	made hostile
	report_is hostile hostile.prof
	for view in "--by function" "--by line" "--by file" "--by module" \
		"--by thread" "--by process" --tree --bottom-up --json \
		"--json --tree" "--callees main" "--callers main"; do
		read -ra words <<<"$view"
		for locale in C C.UTF-8; do
			LC_ALL=$locale "$CPROF" report "${words[@]}" \
				hostile.prof >raw 2>&1
			# no control bytes but the newline, no stray bytes
			refute env LC_ALL=C grep -qaP '[\x00-\x09\x0b-\x1f\x7f]' raw
			refute env LC_ALL=C grep -qaP '\xe2\x80[\xaa-\xae]' raw
			iconv -f UTF-8 -t UTF-8 raw >/dev/null
		done
	done
}

@test "a profile without samples says so, and why" {
	made empty
	report_is empty empty.prof
	for view in "--by function" --tree --bottom-up; do
		read -ra words <<<"$view"
		cprof report "${words[@]}" empty.prof
		status_is 0
		out_has "No samples: "
	done
	cprof report --json --by function empty.prof
	status_is 0
	jq -e '.rows == [] and .total_ns == 0' <<<"$output"
}

@test "without a file the newest profile is taken" {
	mkdir profiles other
	"$make_profile" plain profiles/a.prof
	"$make_profile" recursion profiles/b.prof
	touch -d '2020-01-01' profiles/b.prof
	touch profiles/c.prof.partial
	cprof report --json
	[ "$(jq -r '.profile.files[0].path' <<<"$output")" = \
		profiles/a.prof ]
	"$make_profile" plain other/z.prof
	CPROF_OUTPUT_DIR=other cprof report --json
	[ "$(jq -r '.profile.files[0].path' <<<"$output")" = other/z.prof ]
}

@test "no profile at all is trouble, with the way out" {
	cprof report
	status_is 2
	err_has "cprof record"
	mkdir profiles
	cprof report
	status_is 2
	err_has "no *.prof in profiles"
	touch profiles/x.prof.partial
	cprof report
	status_is 2
	err_has "only unfinished recordings in profiles"
}

@test "a cut-off file is reported and announced, status 0" {
	made plain
	size=$(stat -c %s plain.prof)
	for cut in $((size - 1)) $((size - 30)) $((size * 2 / 3)); do
		head -c "$cut" plain.prof >cut.prof
		cprof report cut.prof
		status_is 0
		out_has "Attention: cut.prof is cut off"
		for view in --tree "--by function" --bottom-up; do
			read -ra words <<<"$view"
			cprof report "${words[@]}" cut.prof
			status_is 0
			out_has "Attention: cut.prof is cut off"
		done
		cprof report --json cut.prof
		status_is 0
		jq -e '.profile.files[0].partial' <<<"$output"
	done
}

@test "damage inside is status 2, naming file, chunk and offset" {
	made plain
	size=$(stat -c %s plain.prof)
	cp plain.prof bad.prof
	printf '\377\377\377' |
		dd of=bad.prof bs=1 seek=$((size / 3)) conv=notrunc 2>/dev/null
	cprof report bad.prof
	status_is 2
	out_empty
	err_like '^cprof report: bad\.prof: chunk [0-9]+ at offset [0-9]+: '
	err_has "(--salvage reads the rest)"
	cprof report --salvage bad.prof
	status_is 0
	out_like "^Attention: bad.prof is damaged in 1 place(;|$)"
}

@test "what is no profile is status 2" {
	echo hello >text
	: >nothing
	for file in text nothing . /dev/null; do
		cprof report $file
		status_is 2
		err_has "cprof report: $file: "
		out_empty
	done
}

@test "wrong options are status 2 and say what would work" {
	made plain
	cprof report --by colour plain.prof
	status_is 2
	err_has "function, line, file, module, thread, process or region"
	cprof report --clock sun plain.prof
	status_is 2
	err_has "cpu, wall and off-cpu"
	cprof report --time 3-1 plain.prof
	status_is 2
	err_has "the end must lie behind the start"
	cprof report --time 3 plain.prof
	status_is 2
	cprof report --tree --bottom-up plain.prof
	status_is 2
	err_has "at a time"
	cprof report plain.prof --tree
	status_is 2
	err_has "options come first"
}

@test "a pattern that fits nothing is status 2" {
	made plain
	cprof report --function nobody plain.prof
	status_is 2
	err_has "no function fits 'nobody'"
	cprof report --callers alph plain.prof
	status_is 2
	err_has "no function fits 'alph'; there is 'alpha'"
	cprof report --module libc.so.6 plain.prof
	status_is 2
	err_has "no module fits 'libc.so.6'"
}

@test "--annotate prints source lines with their times" {
	made plain
	mkdir src
	seq -f 'line %g' 1 60 >src/app.c
	printf 'a\n\tb /* \033[31m */\n  c\n' >src/tiny.h
	touch -d 2020-01-01 src/app.c src/tiny.h
	report_is annotate --annotate alpha plain.prof
	report_is annotate-inline --annotate tiny_inline plain.prof
	cprof report --json --annotate alpha plain.prof
	jq -e '.lines | map(select(.line == 20)) | .[0].self_ns == 60000000 and
		.[0].source == "line 20"' <<<"$output" || show
}

@test "--annotate without the source says so and shows the lines" {
	made plain
	mkfifo tiny.h
	report_is annotate-no-source --annotate alpha plain.prof
	cprof report --annotate deflate plain.prof
	status_is 2
	err_has "no source lines are known for 'deflate'"
}

@test "a source that is no regular file is not read" {
	made plain
	mkdir src
	mkfifo src/app.c
	timeout 100 "$CPROF" report --annotate alpha plain.prof >out
	grep -q "not a regular file" out
}

@test "a full disk is an error" {
	made plain
	# shellcheck disable=SC2016
	run --separate-stderr sh -c '"$1" report plain.prof >/dev/full' - \
		"$CPROF"
	status_is 2
	err_has "standard output"
}

@test "a program whose lines are known in part is not said to have none" {
	made lineless
	cprof report lineless.prof
	out_has "- app (100% of the CPU time): no source lines for 20% of that"
	out_lacks "no debug information"
}

@test "how far chance may be off stands with the samples; few of them: what to do" {
	made plain
	cprof report plain.prof
	out_like '^Samples .* asked\): shares may be off by 10 points;'
	out_lacks 'Hint'
	# Of a part of it, that is not known.
	cprof report --function alpha plain.prof
	out_lacks 'may be off'
	made crowded
	cprof report crowded.prof
	out_like '^Samples .* shares may be off by 45 points;'
	out_like '^Hint +few samples, .*; for more of them, record for longer, '
	cprof report --clock wall crowded.prof
	out_lacks 'may be off'
	out_lacks 'few samples'
}

@test "a terminal gets colours and a pager, NO_COLOR and sudo do not" {
	needs script
	made plain
	on_terminal() {
		TERM=xterm timeout 100 script -qec "$1" /dev/null </dev/null
	}
	on_terminal "$CPROF report --no-pager plain.prof" >out
	grep -q $'\033\[1m' out
	NO_COLOR=1 on_terminal "$CPROF report --no-pager plain.prof" >out
	refute grep -q $'\033\[' out
	PAGER='sed s/^/paged:/' on_terminal "$CPROF report plain.prof" >out
	grep -q '^paged:' out
	PAGER='sed s/^/paged:/' on_terminal \
		"$CPROF report --no-pager plain.prof" >out
	refute grep -q '^paged:' out
	SUDO_UID=1 PAGER='sed s/^/paged:/' on_terminal \
		"$CPROF report plain.prof" >out
	refute grep -q '^paged:' out
	grep -q 'Call tree' out
	TERM=dumb timeout 20 script -qec "$CPROF report plain.prof" /dev/null \
		</dev/null >out
	refute grep -q 'WARNING' out
	grep -q 'Call tree' out
	PAGER=/nonexistent on_terminal "$CPROF report plain.prof" >out
	grep -q 'Call tree' out
}

@test "--strict exits with 1 when the quality is poor, and says why" {
	made plain
	cprof report --strict plain.prof
	status_is 0
	err_empty
	head -c "$(($(wc -c <plain.prof) - 60))" plain.prof >cut.prof
	cprof report --strict cut.prof
	status_is 1
	err_has "poor quality: 100% of the files are cut off (limit: 0%)"
	out_has "Call tree"
	made empty
	cprof report --strict empty.prof
	status_is 1
	err_has "poor quality: 100% of the samples are missing"
}

@test "what was lost while recording is told by report and inspect" {
	made losses
	cprof report losses.prof
	status_is 0
	out_has "lost samples"
	out_has "not seen, 6 ticks missed, 7 calls restarted, 8 transfers cut short"
	cprof report --json losses.prof
	for loss in '"lost": 2' '"ticks_late": 5' '"ticks_missed": 6' \
		'"calls_restarted": 7' '"threads_missed": 1' \
		'"transfers_cut": 8'; do
		out_has "$loss"
	done
	cprof inspect losses.prof
	status_is 0
	out_has "5 ticks"
	out_has "7 system calls"
	out_has "8 transfers"
	out_has "2 samples, 6 ticks, 1 thread"
	cprof inspect --json losses.prof
	for loss in '"samples": 2' '"stacks_truncated": 3' \
		'"stacks_unreadable": 4' '"ticks_late": 5' \
		'"ticks_missed": 6' '"calls_restarted": 7' \
		'"threads_missed": 1' '"transfers_cut": 8'; do
		out_has "$loss"
	done
	cprof report --strict losses.prof
	status_is 1
	err_has "of the threads were not seen"
	err_has "of the samples were lost"
	made plain
	cprof report plain.prof
	out_lacks "missed"
	out_lacks "restarted"
	out_lacks "cut short"
}

@test "--html writes a page beside the profile and prints its path" {
	made markup
	cprof report --html markup.prof
	status_is 0
	[ "$output" = markup.html ]
	err_empty
	[ "$(head -n 1 markup.html)" = "<!DOCTYPE html>" ]
	[ "$(grep -c '<script' markup.html)" -eq 2 ]
	grep -q '&#60;img src=x onerror=pwned=1&#62;' markup.html
	refute grep -q '<img' markup.html
	"$CPROF" export -f html markup.prof >exported.html
	cmp exported.html markup.html
}

@test "--html is a view of its own; --embed-source belongs to it" {
	made plain
	cprof report --html --tree plain.prof
	status_is 2
	err_has "a page has all views"
	cprof report --embed-source plain.prof
	status_is 2
	err_has "--embed-source goes with --html"
}

@test "--open shows the page in the browser of BROWSER" {
	made plain
	# shellcheck disable=SC2016  # of the script that is written
	printf '#!/bin/sh\necho "$1" >shown\n' >browser
	chmod +x browser
	BROWSER=$PWD/browser cprof report --open plain.prof
	status_is 0
	[ "$output" = plain.html ]
	eventually test -s shown
	[ "$(cat shown)" = "$PWD/plain.html" ]
}

@test "BROWSER may have words, a place for the page, and a second choice" {
	made plain
	# shellcheck disable=SC2016  # of the script that is written
	printf '#!/bin/sh\necho noise\necho "$*" >shown\n' >browser
	chmod +x browser
	BROWSER="no-such-browser:$PWD/browser --new %s -x" \
		cprof report --open plain.prof
	status_is 0
	[ "$output" = plain.html ]
	eventually test -s shown
	[ "$(cat shown)" = "--new $PWD/plain.html -x" ]
	BROWSER=no-such-browser cprof report --open plain.prof
	status_is 2
	err_has "cannot run no-such-browser, which shows the page"
	[ -s plain.html ]
}
