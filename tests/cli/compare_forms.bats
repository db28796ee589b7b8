#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Forms of a comparison that services read: each by a strict parser of ours,
# JUnit by its schema as well.  The comparisons are those of
# tests/unit/comparison_maker.h, whose numbers are known.
load lib

setup() {
	make_comparison=$CPROF_OBJ/tools/make_comparison
	[ -x "$make_comparison" ] || skip "make_comparison is not built"
	needs python3
	cd "$BATS_TEST_TMPDIR" || return
	verdict=$TEST_TOP/tests/clients/verdict.py
}

# made KIND FORMAT: into `out`, and what is in it into `said`
made() {
	"$make_comparison" "$1" "$2" >out
	"$verdict" "$2" out >said
}

# said JQ: is it true of what was said, all of it as one array?
said() {
	jq -e -s "$1" said >/dev/null || {
		echo "not so: $1" && cat said && return 1
	}
}

@test "an annotation tells the verdict, others the slower functions" {
	needs jq
	made slower github
	said 'length == 3 and .[0].level == "error" and
		(.[0].message | test("slower: wall time \\+12.0%"))'
	said '.[1].title == "decode" and .[1].level == "warning" and
		(.[1].message | test("100 ms became 140 ms"))'
	said '[.[].title] | index("hash") == null'
	made uncertain github
	said 'length == 1 and .[0].level == "warning" and
		(.[0].message | test("one run a side"))'
	made refused github
	said '.[0].message | test("not comparable")'
}

@test "GitLab finds the slower functions, under the same print next time" {
	needs jq
	made slower gitlab
	said '[.[].location.path] == ["src/app/decode.c", "src/app/emit.c"]'
	said '[.[].location.lines.begin] == [41, 7]'
	said 'all(.severity == "major")'
	cp said before
	made slower gitlab
	diff before said
	made uncertain gitlab
	said 'length == 0'
}

@test "JUnit has a case for each metric and function" {
	needs jq
	made slower junit
	said '[.[] | select(.suite == "cprof: metrics") | .result] ==
		["failure", "failure", "system-out", "skipped", "system-out"]'
	said '[.[] | select(.suite == "cprof: functions") |
		.name + " " + .result] == ["decode failure", "emit failure",
		"flush system-out", "hash system-out", "main skipped",
		"scan system-out"]'
	made uncertain junit
	said 'all(.result == "skipped")'
	made refused junit
	said 'length == 1 and .[0].result == "skipped"'
}

@test "JUnit fits its schema" {
	needs xmllint
	for kind in slower uncertain refused payloads; do
		"$make_comparison" $kind junit >out.xml
		xmllint --noout --schema "$TEST_TOP/tests/clients/junit.xsd" \
			out.xml
	done
}

@test "Markdown says the verdict first, then the numbers" {
	made slower markdown
	[ "$(head -n 1 out)" = \
		"### Slower: wall time +12.0% (+9.0% to +15.0%)" ]
	grep -q '^| \*\*wall time\*\* | 400 ms | 448 ms | +12.0% |' out
	grep -q '^| `decode` | 100 ms | 140 ms | +40.0 ms |' out
	grep -q '^| `emit` | 0 | 20.0 ms | .* slower, new |' out
	grep -q '^| `nap` | 20.0 ms | 32.0 ms | .* slower | sleeping |' out
	made uncertain markdown
	grep -q '^- \*\*Forced, although:\*\* hosts differ' out
	made refused markdown
	[ "$(head -n 1 out)" = "### Not comparable" ]
}

@test "260 names that are out to harm do nothing, and are all there" {
	needs jq
	for format in gitlab junit markdown; do
		made payloads $format
	done
	made payloads gitlab
	said 'length >= 260'
	made payloads junit
	said 'length >= 521'
	said 'any(.name == "<script>alert(1)</script>")'
	[ "$(grep -c '<testcase' out)" -ge 521 ]
}

@test "no name is a command of a workflow" {
	needs jq
	for i in {0..259}; do
		"$make_comparison" payload-$i github
	done >out
	"$verdict" github out >said
	# As many annotations as names that stand no harm make.
	said 'length == 260 * 3'
	said 'any(.title == "%s%n%s") and any(.title == "\\n# head")'
}

@test "without profiles there are no stacks, and that is no trouble" {
	made slower collapsed-diff
	[ ! -s out ]
}

# versions: two profiles, the second of which has a slower hash
versions() {
	local make_version=$CPROF_OBJ/tools/make_version

	"$make_version" v1.prof version=1.0 runs=8 plain=8 spread=1 seed=1 \
		f:parse=300 f:hash=500
	"$make_version" v2.prof version=1.1 runs=8 plain=8 spread=1 seed=2 \
		f:parse=300 f:hash=620
}

# compared FORMAT OPTION...: by the program itself, as made()
compared() {
	status=0
	"$CPROF" compare -f "$1" -o out "${@:2}" v1.prof v2.prof || status=$?
	[[ $status = [013] ]]
	"$verdict" "$1" out >said
}

@test "compare tells of two profiles in each form" {
	needs jq
	versions
	compared github
	said '.[0].level == "error" and .[1].title == "hash"'
	compared gitlab
	said '.[0].description | test("hash is slower")'
	compared junit
	said 'any(.name == "hash" and .result == "failure")'
	compared markdown
	grep -q '^| `hash` |' out
	compared collapsed-diff
	said '[.[] | select(.[0] == ["main", "hash"])] | length == 1 and
		.[0][1] > 490000 and .[0][1] < 510000 and
		.[0][2] > 600000 and .[0][2] < 640000'
	run "$CPROF" compare -f html -o out.html v1.prof v2.prof
	[ "$status" -eq 1 ]
	grep -q '<td>hash</td>' out.html
}

@test "where the verdict is no regression, no form makes a job fail" {
	needs jq
	versions
	compared junit --metric memory
	[ "$status" -eq 0 ]
	said 'any(.name == "hash" and .result == "system-out") and
		all(.result != "failure")'
	compared github --metric memory
	said '.[1].title == "hash" and all(.level == "notice")'
}

@test "a change from nothing has no percentage, in any form" {
	for i in 1 2; do
		"$CPROF_OBJ/tools/make_version" v$i.prof version=$i runs=8 \
			plain=8 f:parse=300 c:found=$((i - 1))
	done
	for format in text json markdown github gitlab junit html svg; do
		status=0
		"$CPROF" compare -f $format -o out --metric counter.found \
			v1.prof v2.prof || status=$?
		[ "$status" -eq 3 ]
		run grep -aE '(found|verdict|title).*(nan|new \()' out
		[ "$status" -eq 1 ]
	done
	"$CPROF" compare -f markdown --metric counter.found v1.prof v2.prof \
		>out || true
	[ "$(head -n 1 out)" = "### Cannot tell: \`found\` +1 (+1 to +1)" ]
	grep -q '^| \*\*`found`\*\* | 0 | 1 | - |' out
}

# changed: before.prof and after.prof, of tests/tools/make_profile.c
changed() {
	svg=$TEST_TOP/tests/clients/svg.py
	"$CPROF_OBJ/tools/make_profile" before before.prof
	"$CPROF_OBJ/tools/make_profile" after after.prof
}

# drawn FILE OPTION...: the flame graph of both, and its texts
drawn() {
	status=0
	"$CPROF" compare -o "$1" "${@:2}" before.prof after.prof || status=$?
	[[ $status = [013] ]]
	[ "${1##*.}" = png ] && return
	"$svg" check "$1"
	texts=$("$svg" texts "$1")
}

texts_have() {
	grep -qxF -- "$1" <<<"$texts" || { echo "no '$1' in:" &&
		echo "$texts" && false; }
}

@test "a picture has both sides in one flame graph, with the change of each" {
	changed
	drawn a.svg
	# All, main, alpha, beta, deflate and fib.
	[ "$("$svg" groups a.svg frame)" -eq 6 ]
	texts_have "app 1.2 against app 1.2"
	texts_have "wall time +40.0 ms (+33.3%), 120 ms became 160 ms"
	texts_have "alpha  +10.0 ms"
	texts_have "fib  new +30.0 ms"
	texts_have beta # and no room for more
	texts_have deflate
	for word in "less time: -40.0 ms" "as it was" "more time: +40.0 ms" \
		new gone; do
		texts_have "$word"
	done
	"$svg" titles a.svg >titles
	grep -qx 'beta: gone -20.0 ms (-100.0%), 20.0 ms became 0 per run' \
		titles
	grep -qx 'fib: new +30.0 ms, 0 became 30.0 ms per run' titles
	grep -qx 'deflate: 0 (0.0%), 40.0 ms became 40.0 ms per run' titles
	drawn cpu.svg --metric cpu
	texts_have "CPU time +40.0 ms (+33.3%), 120 ms became 160 ms"
	# Hatched are fib and beta: some 80 and 120 units, a line every six.
	"$CPROF" compare -o same.svg before.prof before.prof || true
	[ "$(grep -c polyline a.svg)" -gt \
		$(($(grep -c polyline same.svg) + 25)) ]
}

@test "a picture of a comparison is as large as was asked for, in both themes" {
	changed
	for size in "200 200" "320 900" "3000 777"; do
		drawn a.svg --width "${size% *}" --height "${size#* }"
		[ "$("$svg" size a.svg)" = "$size" ]
	done
	drawn light.svg
	drawn dark.svg --theme dark
	grep -q '<rect x="0" y="0" .* fill="#f6f4ef"' light.svg
	grep -q '<rect x="0" y="0" .* fill="#131316"' dark.svg
	"$CPROF" compare -f png --width 640 before.prof after.prof >a.png \
		2>err || true
	grep -q cairo err && skip "this build has no cairo"
	python3 -c 'import struct, sys
head = open("a.png", "rb").read(24)
assert head[:8] == b"\x89PNG\r\n\x1a\n"
assert struct.unpack(">I", head[16:20])[0] == 640'
}

@test "a picture of what cannot be compared says so" {
	"$make_comparison" refused svg >a.svg
	"$TEST_TOP/tests/clients/svg.py" check a.svg
	grep -q ">not comparable" a.svg
	changed
	run "$CPROF" compare -o a.html --theme dark before.prof after.prof
	[ "$status" -eq 2 ]
	[[ $output == *"charts are svg or png, not html"* ]]
	run "$CPROF" compare -o b.svg --width 10 before.prof after.prof
	[ "$status" -eq 2 ]
	[[ $output == *"pictures have 200 to 16384 pixels"* ]]
	[ ! -e a.html ]
	[ ! -e b.svg ]
}

@test "hostile names draw nothing but themselves" {
	svg=$TEST_TOP/tests/clients/svg.py
	"$CPROF_OBJ/tools/make_profile" payloads before.prof
	"$CPROF_OBJ/tools/make_profile" markup after.prof
	drawn a.svg --force
	drawn b.svg --force --width 16000 --height 5000
	for i in {0..259..7}; do
		"$make_comparison" payload-$i svg >$i.svg
	done
	"$svg" check ./*.svg
}

@test "annotations name files as the repository does" {
	needs jq
	versions
	compared github
	said '.[1].file == "src/app.c" and (.[1].line | tonumber) > 1'
	compared gitlab
	said '.[0].location.path == "src/app.c"'
}

@test "on GitHub the job's summary gets the Markdown" {
	versions
	echo "what was there" >summary.md
	GITHUB_STEP_SUMMARY=summary.md run "$CPROF" compare -f github \
		v1.prof v2.prof
	[ "$status" -eq 1 ]
	[[ $output != *"###"* ]]
	[ "$(sed -n 1p summary.md)" = "what was there" ]
	[[ $(sed -n 2p summary.md) == "### Slower: wall time "* ]]
	GITHUB_STEP_SUMMARY=/nowhere/x run "$CPROF" compare -f github \
		v1.prof v2.prof
	[ "$status" -eq 2 ]
	[[ $output == *"GITHUB_STEP_SUMMARY=/nowhere/x: cannot open"* ]]
}

@test "hostile names of profiles do nothing in any form, nor on a terminal" {
	local make_profile=$CPROF_OBJ/tools/make_profile

	"$make_profile" payloads v1.prof
	"$make_profile" markup v2.prof
	for format in github gitlab junit markdown collapsed-diff; do
		compared $format --force
		mv v1.prof v3.prof && mv v2.prof v1.prof && mv v3.prof v2.prof
		compared $format --force
	done
	for format in text json; do
		status=0
		"$CPROF" compare -f $format --force -o out v1.prof v2.prof ||
			status=$?
		[[ $status = [013] ]]
		run grep -laP '[\x00-\x08\x0b-\x1f\x7f]' out
		[ "$status" -eq 1 ]
	done
}
