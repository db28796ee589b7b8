#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What cprof export itself decides.  Whether other programs can read it, and
# read the same numbers, is in export_clients.bats.
# shellcheck disable=SC2016  # backticks of Markdown
load lib

setup() {
	make_profile=$CPROF_OBJ/tools/make_profile
	[ -x "$make_profile" ] || skip "make_profile is not built"
	mkdir "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work" || return
}

made() {
	"$make_profile" "$1" "$1.prof"
}

# Pictures of pixels are for builds with cairo.
formats() {
	if "$CPROF" export -f png -o can.png plain.prof 2>/dev/null; then
		"$CPROF" export --formats | cut -f1
	else
		"$CPROF" export --formats | cut -f1 | grep -vx png
	fi
	rm -f can.png
}

@test "every format has a name, a summary and a place in the man page" {
	cprof export --formats
	status_is 0
	while IFS=$'\t' read -r name summary; do
		[ -n "$name" ]
		[ -n "$summary" ]
		grep -q "^\.It Cm $name\$" "$TEST_TOP/man/cprof-export.1" ||
			{ echo "$name is not in the man page" && false; }
	done <<<"$output"
}

@test "on a terminal the list of formats has columns" {
	needs script
	TERM=dumb script -qc "'$CPROF' export --formats" /dev/null \
		</dev/null | tr -d '\r' >out
	grep -qx '  json        [a-z].*' out
	grep -qx '  speedscope  [a-z].*' out
}

@test "every format is written for every kind of profile, on every clock" {
	made plain
	for kind in plain recursion threads runs hostile empty small metrics; do
		made "$kind"
		for format in $(formats); do
			for clock in cpu wall off-cpu; do
				cprof export -f "$format" --clock "$clock" \
					-o out "$kind.prof"
				status_is 0
				err_empty
				out_empty
			done
		done
	done
	[ "$(find . -type f | wc -l)" -eq 9 ]
}

@test "the name of the file tells the format" {
	made plain
	for pair in speedscope:a.speedscope.json collapsed:a.folded \
		pprof:a.pb.gz json:a.json csv:a.csv md:a.md \
		callgrind:callgrind.out.7 firefox:a.firefox.json \
		chrome:a.trace.json svg:a.svg; do
		cprof export -f "${pair%%:*}" -o wanted plain.prof
		cprof export -o "${pair#*:}" plain.prof
		status_is 0
		cmp wanted "${pair#*:}"
	done
}

@test "a name that ends in .gz is compressed" {
	made plain
	cprof export -o a.speedscope.json plain.prof
	cprof export -o a.speedscope.json.gz plain.prof
	status_is 0
	gzip -t a.speedscope.json.gz
	cmp a.speedscope.json <(gzip -dc a.speedscope.json.gz)
}

@test "without a format, and without a name that tells it, export says so" {
	made plain
	cprof export plain.prof
	status_is 2
	err_has "which format?"
	cprof export -o x.unknown plain.prof
	status_is 2
	err_has "'x.unknown' does not tell the format"
	[ ! -e x.unknown ]
	cprof export -f nonsense plain.prof
	status_is 2
	err_has "unknown format 'nonsense'"
}

@test "- is standard output, and so is nothing" {
	made plain
	cprof export -f collapsed plain.prof
	status_is 0
	alone=$output
	cprof export -f collapsed -o - plain.prof
	[ "$output" = "$alone" ]
	out_has "_start;main;alpha;beta 20"
}

@test "a failed export leaves the old file and nothing beside it" {
	made plain
	echo old >out.folded
	cprof export -o out.folded --thread nobody plain.prof
	status_is 2
	[ "$(cat out.folded)" = old ]
	[ "$(find . -type f | wc -l)" -eq 2 ]
	cprof export -f collapsed -o /dev/full plain.prof
	status_is 2
	err_has "No space left on device"
}

@test "collapsed: the whole output of a small profile" {
	made plain
	cprof export -f collapsed plain.prof
	diff - <(printf '%s\n' "$output") <<-'END'
		[truncated: no unwind information];beta 1
		_start;main;[app+0x7800] 1
		_start;main;alpha 60
		_start;main;alpha;beta 20
		_start;main;alpha;deflate 8
		_start;main;alpha;tiny_inline 10
	END
}

@test "collapsed: threads are frames, unless merged; waits say for what" {
	made threads
	cprof export -f collapsed --clock wall --weight threads.prof
	out_has "worker-1 [4712];worker;alpha;[waiting for a CPU] 50000000"
	cprof export -f collapsed --merge-threads threads.prof
	diff - <(printf '%s\n' "$output") <<-'END'
		worker;alpha 300
		worker;jit_hot 100
	END
}

@test "firefox: no CPU time is above the time that it was used in" {
	for kind in plain threads runs crowded uneven small metrics; do
		made "$kind"
		for filter in "" "--time 0-0.02" "--clock wall"; do
			# shellcheck disable=SC2086  # a list of words
			cprof export -f firefox $filter "$kind.prof"
			jq -e 'all(.threads[].samples | . as $s |
				range(1; .length) | $s.threadCPUDelta[.] <=
				($s.time[.] - $s.time[. - 1]) * 1e6 + 0.5; .)' \
				<<<"$output"
			# shellcheck disable=SC2086
			[ "$(jq '[.threads[].samples.threadCPUDelta[]] |
				add // 0' <<<"$output")" -eq "$("$CPROF" report \
				--json ${filter/--clock wall/} "$kind.prof" |
				jq .total_ns)" ]
		done
	done
}

# sum_of FORMAT ARGS: the total that stands in an export of our own reading
sum_of() {
	local format=$1

	shift
	"$CPROF" export -f "$format" "$@" >sum.out
	case $format in
	collapsed) awk '{ sum += $NF } END { printf "%.0f\n", sum }' sum.out ;;
	firefox) jq '[.threads[].samples.weight[]] | (add // 0) * 1e6 |
		round' sum.out ;;
	chrome) jq '[.traceEvents[] | select(.ph == "X") | .args |
		.self_ns + (.hidden_ns // 0)] + [.otherData.left_out_ns // 0] |
		add // 0' sum.out ;;
	json) jq .total_ns sum.out ;;
	callgrind) awk '/^totals:/ { print $2 }' sum.out ;;
	csv) tail -n +2 sum.out | sed 's/"\([^"]\|""\)*"/x/g' |
		awk -F, '{ sum += $6 } END { printf "%.0f\n", sum }' ;;
	speedscope) jq '[.profiles[].weights[]] | add // 0' sum.out ;;
	esac
}

@test "totals are those of the report, on each clock and with each filter" {
	for kind in plain recursion threads runs crowded small; do
		made "$kind"
		for clock in cpu wall off-cpu; do
			for filter in "" "--time 0-0.02" "--thread app"; do
				# shellcheck disable=SC2086  # a list of words
				set -- --clock "$clock" $filter "$kind.prof"
				wanted=$("$CPROF" report --json --by function \
					"$@" | jq .total_ns)
				for format in speedscope firefox chrome json \
					callgrind csv; do
					[ "$(sum_of $format "$@")" \
						-eq "$wanted" ]
				done
				[ "$(sum_of collapsed --weight "$@")" \
					-eq "$wanted" ]
			done
		done
	done
}

@test "each filter leaves in each format what it leaves in the report" {
	made metrics
	made plain
	for filter in "--process app" "--process 4711" "--thread 4712" \
		"--module app" "--function alpha" "--file src/app.c" \
		"--region step" "--region step --function alpha" \
		"--thread worker-1 --time 1.0-1.2" "--module libz.so.1"; do
		profile=metrics.prof
		[ "$filter" != "--module libz.so.1" ] || profile=plain.prof
		for clock in cpu wall; do
			# shellcheck disable=SC2086  # a list of words
			set -- --clock $clock $filter $profile
			wanted=$("$CPROF" report --json --by function "$@" |
				jq .total_ns)
			[ "$wanted" -gt 0 ]
			[ "$(sum_of collapsed --weight "$@")" -eq "$wanted" ]
			for format in speedscope firefox chrome json \
				callgrind; do
				[ "$(sum_of $format "$@")" -eq "$wanted" ] ||
					{ echo "$format $*" && false; }
			done
			# --module leaves rows of that module only.
			wanted=$("$CPROF" report --json --by function "$@" |
				jq '[.rows[].self_ns] | add')
			[ "$(sum_of csv "$@")" -eq "$wanted" ]
		done
	done
}

@test "a filter that leaves nothing says so, in each format" {
	made threads
	for format in $(made plain && formats); do
		cprof export -f "$format" --function no-such-function -o out \
			threads.prof
		status_is 2
		err_has no-such-function
		[ ! -e out ]
	done
}

@test "an option that a format has no use for is an error" {
	made plain
	for wrong in "-f json --weight" "-f csv --merge-threads" \
		"-f md --embed-source" "-f pprof --top 3" "-f json --by line" \
		"-f svg --by line" "-f svg --chart heatmap --by module" \
		"-f json --by region" "-f csv --chart functions"; do
		# shellcheck disable=SC2086  # a list of words
		cprof export $wrong -o out plain.prof
		status_is 2
		err_has ", not "
		[ ! -e out ]
	done
	cprof export -f json --top 3 plain.prof
	status_is 2
	err_has "--top goes with csv, md, svg, png, not with json"
}

@test "several profiles are added up" {
	made plain
	made threads
	cprof export -f collapsed --weight --merge-threads plain.prof threads.prof
	[ "$(awk '{ sum += $NF } END { printf "%.0f", sum }' <<<"$output")" -eq 500000000 ]
}

@test "md: regions, counters, and the waits of what a filter leaves" {
	made metrics
	cprof export -f md metrics.prof
	out_has '| `step > part <b>` | 2 | 150 ms | 8.1% | 150 ms | 75.0 ms | '
	out_has '| `half way` | 1 | | | | | | |'
	grep -qE '^\| `queue length` \| 3 \| .* \| 7 \| 1 \|$' <<<"$output"
	grep -qE '^\| `memory.rss` \| 30.0 MB \| .* \| 60.0 MB \| 30.0 MB \|$' <<<"$output"
	out_has "| sleeping | 40.0 ms |"
	cprof export -f md --thread worker-1 metrics.prof
	out_has "| In the tables | a part of it, as asked |"
	[ "$(grep -cF "| sleeping |" <<<"$output")" -eq 0 ]
	out_has "| waiting for a CPU | 50.0 ms |"
}

@test "md: every row of a table has as many cells as its head" {
	for kind in plain threads hostile small metrics; do
		made "$kind"
		for clock in cpu off-cpu; do
			"$CPROF" export --clock "$clock" -o a.md "$kind.prof"
			grep -q '^# Performance summary$' a.md
			sed 's/\\|//g' a.md | awk -F'|' '
				!/^\|/ { cells = 0; next }
				cells && NF != cells { exit 1 }
				{ cells = NF }'
		done
	done
}

@test "md: facts and tables are those of the report" {
	made plain
	"$CPROF" export -f md plain.prof >a.md
	grep -qx '| CPU time | 100 ms |' a.md
	grep -qx '| Peak memory | 12.6 MB |' a.md
	grep -q '^| `alpha` | 60.0 | 60.0% | 98.0 | 98.0% | 60 | `src/app.c:' a.md
	grep -q '^| `libz.so.1` | ' a.md
	cprof export -f md --top 1 plain.prof
	[ "$(grep -c '^| `alpha`' <<<"$output")" -eq 1 ]
	out_lacks '| `beta` '
	out_has " more."
}

@test "--region keeps of metrics the time in which the region ran" {
	made metrics
	cprof export -f chrome -o all.json metrics.prof
	cprof export -f chrome --region 'part*' -o part.json metrics.prof
	status_is 0
	moments() {
		jq '[.traceEvents[] | select(.ph == "C" and
			.name == "memory.rss") | .ts / 1000 | round] |
			"\(min) \(max)"' "$1"
	}
	moments all.json
	moments part.json
	read -r first last < <(moments all.json | tr -d '"')
	read -r from to < <(moments part.json | tr -d '"')
	((first < from && from < to && to < last))
}

@test "csv of regions has errors, waiting by reason, and counters" {
	made metrics
	cprof export -f csv --by region metrics.prof
	status_is 0
	cut -d, -f1,6,18,20,31-36,37-38 <<<"$output" >few
	[ "$(sed -n 1p few)" = "region,cut_calls,waiting_ns,waiting_futex_ns,\
memory_in_bytes,memory_in_error_bytes,memory_change_bytes,\
memory_change_error_bytes,memory_peak_bytes,memory_peak_error_bytes,\
read_bytes,read_error_bytes" ]
	[ "$(sed -n 3p few)" = \
		'"part <b>",0,0,0,60000000,0,0,0,60000000,0,40000000,120000000' ]
	cut -d, -f51- <<<"$output" >few
	[ "$(sed -n 1p few)" = '"queue length in","queue length change",'\
'"queue length mean","queue length peak","queue length out"' ]
	[ "$(sed -n 2p few)" = 7,-6,6.400,7,1 ]
}

@test "csv: one row for each of the report, in its order" {
	made threads
	for by in function line file module thread process; do
		cprof export -f csv --by $by threads.prof
		[ "$(head -1 <<<"$output")" = \
			"$by,module,file,line,reason,self_ns,total_ns,samples,total_samples" ]
		"$CPROF" report --json --by $by threads.prof |
			jq -r '.rows[].self_ns' >wanted
		tail -n +2 <<<"$output" | awk -F, '{ print $(NF - 3) }' |
			diff wanted -
	done
	cprof export -f csv --top 1 threads.prof
	[ "${#lines[@]}" -eq 2 ]
}

@test "json: nested frames with the times of the report's tree" {
	made plain
	cprof export -f json plain.prof
	[ "$(jq '.profile_json.root_frame.time' <<<"$output")" = 0.1 ]
	[ "$(jq -c '[.profile_json | .. | objects |
		select(.function == "tiny_inline") | .self_time, .line_no]' \
		<<<"$output")" = "[0.01,2]" ]
	[ "$(jq -r '.timestamp, .metadata.host, .duration_ms' <<<"$output" |
		paste -sd' ')" = "2023-11-14T22:13:20Z ci-1 100" ]
}

@test "chrome: slices of a thread nest, and begin in order" {
	for kind in plain recursion threads small; do
		made "$kind"
		"$CPROF" export -f chrome --clock wall -o a.json "$kind.prof"
		jq -e '[.traceEvents[] | select(.ph == "X")] | group_by(.tid) |
			all(.[]; . as $s | [range(1; length)] | all(
				$s[.].ts >= $s[. - 1].ts))' a.json
		# A stack of the ends: each slice ends within the one around it.
		jq -e '[.traceEvents[] | select(.ph == "X") |
			{ tid, from: (.ts * 1000 | round),
			to: ((.ts + .dur) * 1000 | round) }] | group_by(.tid) |
			all(.[]; reduce .[] as $e ({ ends: [], ok: true };
				until((.ends | length) == 0 or
					(.ends | last) > $e.from or
					($e.to == $e.from and
					(.ends | last) >= $e.from);
					.ends |= .[:-1]) |
				.ok = (.ok and ((.ends | length) == 0 or
					(.ends | last) >= $e.to)) |
				.ends += [$e.to]) | .ok)' a.json
	done
}

@test "chrome: names of processes and threads, places, and the time of waits" {
	made threads
	cprof export -f chrome --clock wall threads.prof
	[ "$(jq -r '.traceEvents[] | select(.ph == "M") |
		"\(.tid) \(.name) \(.args.name)"' <<<"$output" |
		grep -c -e '^4712 thread_name worker-1$' \
			-e '^4712 process_name app$')" -eq 2 ]
	[ "$(jq -c '.traceEvents[] | select(.tid == 4712 and
		.name == "[waiting for a CPU]") | [.ts, .dur, .cat]' \
		<<<"$output")" = '[1300000,50000,"waiting"]' ]
	[ "$(jq -c 'first(.traceEvents[] | select(.name == "alpha")) |
		[.args.file, .args.line]' <<<"$output")" = '["src/app.c",18]' ]
}

@test "chrome: of too many slices the shortest are left out, and that is told" {
	"$make_profile" random random.prof 60000
	cprof export -f chrome -o a.json random.prof
	status_is 0
	err_like '^cprof export: chrome: [0-9,]* slices, the shortest and innermost, are left out'
	told=$(sed 's/.*chrome: \([0-9,]*\) slices,.*/\1/; s/,//g' <<<"$stderr")
	[ "$(jq .otherData.slices_left_out a.json)" -eq "$told" ]
	[ "$(grep -c '"ph":"X"' a.json)" -le 500000 ]
	[ "$(grep -c '"ph":"X"' a.json)" -ge 1000 ]
	[ "$(stat -c %s a.json)" -lt 130000000 ]
	[ "$(sum_of chrome random.prof 2>/dev/null)" -eq "$("$CPROF" report --json \
		--by function random.prof | jq .total_ns)" ]
}

@test "chrome and firefox: metrics are counters, sums what they grow" {
	made metrics
	cprof export -f chrome metrics.prof
	[ "$(jq -c '[.traceEvents[] | select(.ph == "C" and
		.name == "memory.rss") | [.ts, .args.bytes]]' <<<"$output")" = \
		"[[0,30000000],[600000,60000000],[1200000,60000000],[1800000,30000000]]" ]
	[ "$(jq -c '[.traceEvents[] | select(.ph == "C") |
		select(.name == "io.read [4712] per second") |
		.args.bytes]' <<<"$output")" = "[266666667,0,0]" ]
	# A counter stays as it was set, to the end of its process.
	[ "$(jq -c '[.traceEvents[] | select(.ph == "C" and
		.name == "queue length") | [.ts, .args.number]]' \
		<<<"$output")" = \
		"[[100000,3],[900000,7],[1500000,1],[1850000,1]]" ]
	# What a range cuts has values at its ends.
	cprof export -f chrome --time 0.5-1 metrics.prof
	[ "$(jq -c '[.traceEvents[] | select(.ph == "C" and
		.name == "memory.rss") | [.ts, .args.bytes]]' \
		<<<"$output")" = \
		"[[500000,55000000],[600000,60000000],[1000000,60000000]]" ]
	[ "$(jq -c '[.traceEvents[] | select(.ph == "C" and
		.name == "queue length") | [.ts, .args.number]]' \
		<<<"$output")" = "[[500000,3],[900000,7],[1000000,7]]" ]
	# Of others there is nothing to tell.
	cprof export -f chrome --thread worker-2 metrics.prof
	[ "$(jq -c '[.traceEvents[] | select(.ph == "C") | .name] | unique' \
		<<<"$output")" = '["queue length"]' ]
	cprof export -f firefox --clock wall metrics.prof
	[ "$(jq -c '[.counters[] | [.name, .category, .samples.length]]' \
		<<<"$output")" = '[["memory.rss","Memory",4],["memory.anon","Memory",4],["memory.file","Memory",2],["io.read [4712]","Bandwidth",3],["queue length","counter",7]]' ]
	# Readers draw lines: each step has a point just before it.
	[ "$(jq -c '.counters[4] | .samples.count, .pid, .mainThreadIndex' \
		<<<"$output" | paste -sd' ')" = '[3,0,4,0,-6,0,0] "4711" 0' ]
}

@test "chrome and firefox: regions, nested, at their exact times" {
	made metrics
	cprof export -f chrome metrics.prof
	[ "$(jq -c '.traceEvents[] | select(.cat == "region") |
		[.ph, .ts / 1000, .name, .tid]' <<<"$output")" = \
		'["b",1000,"step",4712]
["b",1010,"part <b>",4712]
["e",1060,"part <b>",4712]
["b",1100,"part <b>",4712]
["e",1200,"part <b>",4712]
["e",1300,"step",4712]
["b",1350,"step",4712]
["n",1350,"half way",4712]
["e",1550,"step",4712]' ]
	cprof export -f firefox metrics.prof
	[ "$(jq -c '.shared.stringArray as $names | .threads[] |
		select(.markers.length > 0) | .markers as $m | .tid,
		(range($m.length) | [$names[$m.name[.]], $m.startTime[.],
			$m.endTime[.], $m.phase[.], $m.data[.].type])' \
		<<<"$output")" = \
		'4712
["step",1000,1300,1,"Region"]
["part <b>",1010,1060,1,"Region"]
["part <b>",1100,1200,1,"Region"]
["step",1350,1550,1,"Region"]
["half way",1350,null,0,"Region"]' ]
	[ "$(jq -r '.meta.markerSchema[].name' <<<"$output")" = Region ]
	cprof export -f chrome --time 1.02-1.15 metrics.prof
	[ "$(jq -c '[.traceEvents[] | select(.cat == "region") | .ts] |
		[min, max]' <<<"$output")" = "[1020000,1150000]" ]
}

@test "several profiles stand at their own times, and keep their ids apart" {
	made plain
	made threads
	cprof export -f chrome plain.prof threads.prof
	[ "$(jq -c '[.traceEvents[].pid] | unique' <<<"$output")" = \
		"[4711,10004711]" ]
	cprof export -f firefox plain.prof threads.prof
	[ "$(jq -c '[.threads[].pid] | unique' <<<"$output")" = \
		'["4711","4711.1"]' ]
}
