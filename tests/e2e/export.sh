#!/bin/sh
# SPDX-License-Identifier: MIT
# Exports of real recordings: in each format the total is the report's, and
# the clients that are programs agree.
. "$(dirname "$0")/lib.sh"

need "$CXX" jq python3
build templates
build threads
record cxx -- "$BUILD/e2e/templates" 1
record threads -- "$BUILD/e2e/threads" duty 1

# total FORMAT CLOCK NAME: nanoseconds, read from the export
total()
{
	weight=
	if [ "$1" = collapsed ]; then weight=--weight; fi
	# shellcheck disable=SC2086  # nothing, or a word
	"$CPROF" export -f "$1" $weight --clock "$2" -o "$tmp/x" \
		"$tmp/$3.prof" || return
	case $1 in
	json) jq .total_ns "$tmp/x" ;;
	speedscope) jq '[.profiles[].weights[]] | add' "$tmp/x" ;;
	firefox) jq '[.threads[].samples.weight[]] | add * 1e6 | round' \
		"$tmp/x" ;;
	chrome) jq '[.traceEvents[] | select(.ph == "X") | .args.self_ns] |
		add' "$tmp/x" ;;
	pprof) go tool pprof -raw "$tmp/x" 2>/dev/null | awk '
		/^Locations/ { exit }
		/^ *[0-9]+ +[0-9]+:/ { sum += $2 }
		END { printf "%.0f\n", sum }' ;;
	callgrind) callgrind_annotate "$tmp/x" | awk '
		/PROGRAM TOTALS/ { gsub(",", "", $1); print $1 }' ;;
	collapsed) awk '{ sum += $NF } END { printf "%.0f\n", sum }' "$tmp/x" ;;
	csv) "$PYTHON" -c 'import csv, sys
print(sum(int(row["self_ns"]) for row in csv.DictReader(open(sys.argv[1]))))' \
		"$tmp/x" ;;
	esac
}

same_total()
{
	wanted=$("$CPROF" report --json --by function --clock "$2" \
		"$tmp/$3.prof" | jq .total_ns)
	found=$(total "$@")
	echo "report: $wanted, $1: $found"
	[ "$wanted" -gt 0 ] && [ "$found" = "$wanted" ]
}

for format in json speedscope firefox chrome pprof callgrind collapsed csv; do
	case $format in
	pprof) client=go ;;
	callgrind) client=callgrind_annotate ;;
	*) client=jq ;;
	esac
	for clock in cpu wall off-cpu; do
		text="$format: the total is the report's ($clock)"
		if command -v $client >/dev/null; then
			ok "$text" same_total $format $clock threads
		else
			skip "$text" "$client is not installed"
		fi
	done
done

has()
{
	"$CPROF" export -f "$1" -o "$tmp/x" "$tmp/cxx.prof" &&
		tests/clients/names.py "$1" "$tmp/x" | grep -F "$2" | sort -u
}
for format in json speedscope firefox chrome callgrind collapsed csv; do
	ok "$format: a function that was inlined has a name of its own" \
		has $format 'linear::matrix<double, 96ul>::dot'
done
done_testing
