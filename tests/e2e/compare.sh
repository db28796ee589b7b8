#!/bin/sh
# SPDX-License-Identifier: MIT
# Two versions of a program; in the second, one function needs 10 % of the
# run more.  It must be named first, and no other called slower.
. "$(dirname "$0")/lib.sh"

need jq
build versions
program=$BUILD/e2e/versions

# The first row of functions is digest, certainly slower, and by about a
# third of what it was (10 % of the run, of which it had 30 %).
names_the_function()
{
	jq -r '"outcome \(.outcome), CPU \(.percent_change.cpu) %",
		(.functions.rows[:4][] |
		"\(.verdict) \(.name) \(.percent_change) %")' "$1"
	jq -e '.functions.rows[0] | .name == "digest" and
		.verdict == "slower" and
		.percent_change > 15 and .percent_change < 55' "$1" >/dev/null
}

# What the others have in common with digest is the machine: a load that
# came while NEW ran makes all of them slower.  Those by half of it at most.
blames_nobody_else()
{
	jq -e '.functions.rows as $rows | $rows[1:] | all(
		.verdict != "slower" or .delta < $rows[0].delta / 2)' \
		"$1" >/dev/null
}

adds_up()
{
	jq -e '.functions | ([.rows[].delta] | add) as $sum |
		($sum - .changed_ns - .unchanged_ns | fabs) < 100 and
		(.total_ns - $sum - .outside_ns | fabs) < 100' "$1" >/dev/null
}

# The versions are recorded one after the other, so a load that comes
# between them is taken for a change.  A second and a third try: with a
# chance p of such a load in one, all three have it with p^3.
for try in 1 2 3; do
	for version in 0 10; do
		# A full machine leaves few samples within 1 %: too few to tell.
		"$CPROF" record --runs 7 --max-overhead off -o "$tmp/$version.prof" -- \
			"$program" $version 2>/dev/null
	done
	"$CPROF" compare --metric cpu -f json "$tmp/0.prof" "$tmp/10.prof" \
		>"$tmp/compare.json"
	status=$?
	names_the_function "$tmp/compare.json" >/dev/null &&
		blames_nobody_else "$tmp/compare.json" && break
	echo "# try $try failed; status $status"
done
ok "the function that got slower is named first" \
	names_the_function "$tmp/compare.json"
ok "no other is called slower by as much" \
	blames_nobody_else "$tmp/compare.json"
ok "rows add up to the change of the whole" adds_up "$tmp/compare.json"
ok "the status is that of a regression, or of a noisy machine" \
	test "$status" = 1 -o "$status" = 3

"$CPROF" compare --metric cpu -f json "$tmp/0.prof" "$tmp/0.prof" \
	>"$tmp/same.json"
ok "a recording is the same as itself" test $? = 0
ok "and none of its functions changed" \
	jq -e '.functions.changed == 0' "$tmp/same.json"
done_testing
