#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
load lib

made() {
	"$CPROF_OBJ/tools/make_version" "$@"
}

# Two versions, of which the second has a slower hash; 8 runs each.
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir profiles
	made profiles/v1.prof version=1.0 runs=8 plain=8 spread=1 seed=1 \
		f:parse=300 f:hash=500 f:emit=200
	made profiles/v2.prof version=1.1 runs=8 plain=8 spread=1 seed=2 \
		f:parse=300 f:hash=620 f:emit=200
	v1=profiles/v1.prof v2=profiles/v2.prof
}

@test "a slower version is a regression, and its function is named first" {
	cprof compare $v1 $v2
	status_is 1
	err_empty
	out_like '^BASE +app 1.0 +8 plain, 8 sampled +profiles/v1.prof +./app -x'
	out_like '^wall time +1.0[0-9] s +1.1[0-9] s +\+1[0-9.]+% .* slower$'
	out_like '1 function explains \+1[0-9]+ ms of it'
	[[ $(grep -A1 '^ *change ' <<<"$output" | tail -1) == *slower*hash* ]] ||
		show
	out_like '^verdict: slower: wall time \+1[0-9.]+% \(\+'
	out_like '^recommendation: keep BASE'
}

@test "a faster version passes, and is worth an upgrade above a limit" {
	cprof compare $v2 $v1
	status_is 0
	out_like '^verdict: faster: wall time -1'
	out_like '^recommendation: upgrade'
	cprof compare --min-improvement 20 $v2 $v1
	status_is 0
	out_like '^recommendation: keep BASE'
}

@test "a version is the same as itself" {
	made profiles/again.prof version=1.0b runs=8 plain=8 spread=1 seed=3 \
		f:parse=300 f:hash=500 f:emit=200
	cprof compare $v1 profiles/again.prof
	status_is 0
	out_like '^verdict: same: wall time'
	cprof compare $v1 $v1
	status_is 0
	out_has "note: both sides are the same recording"
}

@test "names, baselines and many files stand for the sides" {
	cprof compare app@1.0 app@1.1
	status_is 1
	"$CPROF" registry baseline set main app@1.0
	cprof compare @main $v2
	status_is 1
	cp $v1 other.prof
	cprof compare --base $v1 other.prof --new $v2
	status_is 1
	out_like '^BASE +app 1.0 +16 plain, 16 sampled +2 files'
	out_like '^NEW +app 1.1 +8 plain'
	cprof compare --new $v2 --base $v1 --base other.prof
	status_is 1
	out_like '^BASE +app 1.0 +16 plain'
}

@test "operands that make no sense are told" {
	cprof compare
	status_is 2
	err_has "two operands, please: BASE and NEW"
	cprof compare $v1 $v2 $v1
	status_is 2
	cprof compare --base $v1
	status_is 2
	err_has "--base and --new go together"
	cprof compare --base $v1 --new $v2 --force $v1
	status_is 2
	err_has "there are no operands"
	cprof compare $v1 --force
	status_is 2
	err_has "options come first"
	cprof compare $v1 nowhere.prof
	status_is 2
	err_has nowhere.prof
	cprof compare -f nothing $v1 $v2
	status_is 2
	err_has "unknown format 'nothing'"
	cprof compare --rename hash $v1 $v2
	status_is 2
	err_has "'hash' is not OLD=NEW"
	cprof compare --metric walls $v1 $v2
	status_is 2
	err_has "no metric 'walls' on both sides; there are: wall, cpu, user"
}

@test "noise tells nothing, says why and what to do; status 3, or 0 if allowed" {
	made a.prof runs=6 plain=6 spread=12 seed=4 f:parse=1000
	made b.prof runs=6 plain=6 spread=12 seed=5 f:parse=1040
	cprof compare a.prof b.prof
	status_is 3
	out_like '^verdict: cannot tell: '
	out_like '^because: the change of the wall time lies between'
	out_like '^try: .*'
	cprof compare --allow-inconclusive a.prof b.prof
	status_is 0
	cprof compare --threshold 90 a.prof b.prof
	status_is 0
	out_like '^verdict: same'
}

@test "one run a side: only a large change is a verdict" {
	made a.prof f:parse=300 f:hash=500
	made b.prof f:parse=310 f:hash=540
	made c.prof f:parse=310 f:hash=900
	cprof compare a.prof b.prof
	status_is 3
	out_like 'one run a side tells nothing of how runs differ'
	out_like 'cprof record --runs 10'
	cprof compare --single-run-threshold 5% a.prof b.prof
	status_is 1
	cprof compare a.prof c.prof
	status_is 1
	[[ $(grep -A1 '^ *change ' <<<"$output" | tail -1) == *slower*hash* ]] ||
		show
}

@test "interleaved runs are compared in pairs" {
	made a.prof series=7 runs=8 plain=8 seed=1 spread=1 f:parse=300
	made b.prof series=7 runs=8 plain=8 seed=2 spread=1 f:parse=330
	cprof compare a.prof b.prof
	status_is 1
	out_has "interleaved; the change is by signed ranks"
	out_lacks "not interleaved"
}

# refused REASON KEY=VALUE...: the second of two recordings is made so
refused() {
	local reason=$1

	shift
	made a.prof runs=6 f:parse=100
	made b.prof runs=6 f:parse=100 "$@"
	cprof compare --allow-inconclusive a.prof b.prof
	status_is 3
	out_has "not comparable: $reason"
	out_like '^verdict: not comparable'
	out_lacks "wall time"
	cprof compare --force a.prof b.prof
	[ "$status" -ne 2 ] || show
	out_has "FORCED, although: $reason"
	out_has "wall time"
}

@test "what cannot be compared fairly is refused, or forced" {
	refused "host differs: " host=elsewhere
	refused "CPU differs: " cpu=Another
	refused "BASE ended with status 0, NEW ended with status 3" status=3
	refused "NEW was attached to (-p)" attached=1
	refused "NEW: 9.01% of the samples were lost (limit: 1%)" lost=10
}

@test "levels and quality matter when sampled runs decide" {
	for plain in 0 6; do
		made a.prof runs=6 plain=$plain level=1 f:parse=100
		made b.prof runs=6 plain=$plain level=4 lost=20 f:parse=100
		cprof compare a.prof b.prof
		if [ $plain = 0 ]; then
			status_is 3
			out_has "not comparable: level differs: basic, compre"
			out_has "not comparable: NEW: 1"
		else
			status_is 0
			out_has "note: level differs"
			out_has "note: NEW: 1"
		fi
	done
}

@test "a recording that was cut off is refused" {
	made b.prof partial=1 f:parse=300 f:hash=500
	cprof compare $v1 b.prof.partial
	status_is 3
	out_has "not comparable: NEW: the recording did not end well: b.prof.partial"
}

@test "what is left of a damaged recording is refused" {
	cp $v2 bad.prof
	printf 'xxxxxxxx' | dd of=bad.prof bs=1 seek=3000 conv=notrunc 2>/dev/null
	cprof compare $v1 bad.prof
	status_is 2
	err_has bad.prof
	cprof compare --salvage $v1 bad.prof
	status_is 3
	out_has "not comparable: NEW: "
	out_has "damaged part"
}

@test "another host does not matter for memory" {
	made b.prof runs=8 plain=8 host=elsewhere f:parse=300
	cprof compare --metric memory $v1 b.prof
	status_is 0
	out_has "note: host differs"
}

@test "other arguments, names, labels and a long time between are announced" {
	made b.prof runs=8 plain=8 arg=-y name=service label=b start=1700090000 \
		f:parse=300 f:hash=500 f:emit=200
	made a.prof runs=8 plain=8 label=a f:parse=300 f:hash=500 f:emit=200
	cprof compare a.prof b.prof
	status_is 0
	out_has "note: name differs: app, service"
	out_has "note: arguments differ: ./app -x; ./app -y"
	out_has "note: label env differs: a, b"
	out_has "apart: the machine may have been in another state"
}

@test "functions are new, gone or renamed, and rows add up" {
	needs jq
	made b.prof runs=8 plain=8 spread=1 seed=5 \
		f:parse=300 f:digest=500 f:write=200
	cprof compare --rename hash=digest $v1 b.prof
	status_is 0
	out_like 'faster, gone'
	out_like 'slower, new'
	cprof compare --rename hash=digest -f json $v1 b.prof
	jq -e '[.functions.rows[] | select(.name == "digest")] |
		.[0].flags == ["renamed"] and .[0].old_name == "hash"' \
		<<<"$output" || show
	jq -e '.functions | (([.rows[].delta] | add) -
		.changed_ns - .unchanged_ns | fabs) < 10 and
		(.total_ns - .changed_ns - .unchanged_ns - .outside_ns |
		fabs) < 10' <<<"$output" || show
}

@test "a region or a metric can be what the verdict speaks of" {
	needs jq
	made a.prof runs=8 spread=1 seed=1 f:parse=300 r:load=100 r:save=50
	made b.prof runs=8 spread=1 seed=2 f:parse=300 r:load=130 r:save=50
	cprof compare a.prof b.prof
	status_is 0
	out_like 'wall time of load .* slower$'
	cprof compare --region load -f json a.prof b.prof
	status_is 1
	jq -e '.region == "load" and .metric == "wall" and
		.verdict == "slower" and .improvement_pct < -20' \
		<<<"$output" || show
	cprof compare --region save a.prof b.prof
	status_is 0
	cprof compare --region none a.prof b.prof
	status_is 2
	err_has none
	cprof compare --metric cpu -f json $v1 $v2
	status_is 1
	jq -e '.metric == "cpu" and .percent_change.cpu > 8 and
		.percent_change.memory == 0' <<<"$output" || show
}

@test "a counter of the program is a metric like another" {
	made a.prof runs=8 spread=1 seed=1 f:parse=300 c:rows=1000 c:$'\e[31m'=5
	made b.prof runs=8 spread=1 seed=2 f:parse=300 c:rows=1300 c:$'\e[31m'=5
	cprof compare a.prof b.prof
	status_is 0
	out_like '^rows .* more$'
	[[ $output != *$'\e'* ]] || show
	cprof compare --metric counter.rows a.prof b.prof
	status_is 1
	out_like '^verdict: more: rows \+[23]'
}

@test "tables by line and module, and of as many rows as asked for" {
	cprof compare --by line $v1 $v2
	out_like '1 line explains'
	out_like 'app.c:32'
	cprof compare --by module $v1 $v2
	out_like '1 module explains'
	cprof compare --top 3 $v1 $v2
	[ "$(grep -cE 'app.c:[0-9]+$' <<<"$output")" -eq 3 ] || show
	cprof compare --function parse $v1 $v2
	out_has "no function changed for certain"
	cprof compare --by thread $v1 $v2
	status_is 2
}

@test "-o writes a file, in the form that its name tells" {
	cprof compare -o out.json $v1 $v2
	status_is 1
	out_empty
	grep -q '"schema":"cprof.compare/1"' out.json
	cprof compare -o out.md $v1 $v2
	grep -q '^### Slower' out.md
	cprof compare -o nowhere/out.json $v1 $v2
	status_is 2
	cprof compare --formats
	status_is 0
	out_like '^text'
	out_like '^json'
}

@test "the same files give the same bytes" {
	"$CPROF" compare -f json $v1 $v2 >a.json || true
	"$CPROF" compare -f json $v1 $v2 >b.json || true
	cmp a.json b.json
}

@test "what JSON says fits the schema that is shipped" {
	modules=$TEST_TOP/build/clients/node_modules
	needs node jq
	[ -d "$modules/ajv" ] || skip "ajv is not there (tests/clients/install)"
	made one.prof f:parse=300
	made far.prof host=elsewhere runs=6 f:parse=300 r:load=10
	for pair in "$v1 $v2" "one.prof one.prof" "$v1 far.prof" \
		"far.prof far.prof"; do
		# shellcheck disable=SC2086  # two operands
		"$CPROF" compare -f json $pair >"${pair//[ \/]/_}.json" || true
		# shellcheck disable=SC2086
		"$CPROF" compare --force -f json $pair \
			>"${pair//[ \/]/_}.forced.json" || true
	done
	schema=$TEST_TOP/man/cprof-compare.schema.json
	node "$TEST_TOP/tests/clients/validate.js" "$schema" ./*.json
	jq 'del(.outcome)' one.prof_one.prof.json >bad.json
	run node "$TEST_TOP/tests/clients/validate.js" "$schema" bad.json
	[ "$status" -ne 0 ]
}

@test "names from outside do nothing to a terminal" {
	made a.prof runs=4 name=$'a\e]0;x\a' f:$'p\e[31m'=100
	made b.prof runs=4 name=$'b\e]0;x\a' f:$'p\e[31m'=200
	cprof compare --force a.prof b.prof
	[[ $output != *$'\e'* ]] || show
	out_has '\x1b'
}
