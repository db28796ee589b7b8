#!/bin/sh
# SPDX-License-Identifier: MIT
# How often is "slower" said of what is not, and how often of what is?
#
#	verdict.sh			apply the rules to the rows of tests/data
#	verdict.sh record DIR [SAME ROUNDS]	record such rows, 5 to 10 minutes
#	verdict.sh rules DIR [GATES]	apply the rules to the rows in DIR
#	verdict.sh table [METRIC [DIR]]	the table of cprof-statistics(7)
#	verdict.sh gates N [PERCENT [OPTION]]	N real gates, of a version that
#					does so much more in one function (0)
#
# See tests/tools/verdict_rows.c and verdict_rules.c, and cprof-statistics(7).
cd "$(dirname "$0")/../.." || exit 1
CPROF=${CPROF:-$PWD/cprof}
BUILD=${BUILD:-build}
tools=${CPROF_OBJ:-$BUILD/obj}/tools
data=tests/data/verdict

target()
{
	mkdir -p "$BUILD/bench" || exit 1
	${CC:-cc} -O2 -o "$BUILD/bench/verdict_target" \
		tests/bench/verdict_target.c || exit 1
}

about()
{
	echo "# cprof verdict_rows, load: $1"
	echo "# $(date -u +%Y-%m-%d), $(sed -n 's/^model name.*: //p' \
		/proc/cpuinfo | head -1), $(nproc) CPUs, $(uname -sr)"
	echo "# load average before: $(cut -d' ' -f1-3 /proc/loadavg)"
	echo "# arm, wall time (us), CPU time (us), peak memory (kB)"
}

record()
{
	target
	mkdir -p "$1" || exit 1
	for load in quiet neighbour drift; do
		{
			about $load
			"$tools/verdict_rows" "$BUILD/bench/verdict_target" \
				$load "${2:-2500}" "${3:-250}" &&
			echo "# load average after:" \
				"$(cut -d' ' -f1-3 /proc/loadavg)"
		} >"$1/$load.csv.new" || exit 1
		mv "$1/$load.csv.new" "$1/$load.csv" || exit 1
	done
}

# Of the files in DIR: METRIC DIR SAME CHANGED
apply()
{
	for load in quiet neighbour drift busy; do
		[ ! -f "$2/$load.csv" ] || "$tools/verdict_rules" "$1" \
			"$3" "$4" "$2/$load.csv" || exit 1
	done
}

rules()
{
	for metric in cpu wall memory; do
		echo "== $metric"
		apply $metric "$1" "${2:-3000}" "${3:-1000}"
	done
	echo "== normal noise: spread of pairs, change, gates, slower," \
		"undecided, rounds (of 40), rounds needed"
	"$tools/verdict_rules" curve "${3:-1000}"
}

# The table of cprof-statistics(7): per cent of gates that say "slower".
table()
{
	printf '%-10s %-9s %6s %6s %6s %6s %6s %6s %6s %6s\n' load rule same \
		+1% +2% +3% +5% +10% f+5% f+10%
	apply "$1" "$2" 3000 1000 | awk '
	function line(load, rule, text) {
		printf "%-10s %-9s%s\n", load, rule, text
	}
	/^#/ || $2 ~ /^memory/ { next }
	{
		sub(/\.csv$/, "", $1)
		if ($1 != load) order[++loads] = load = $1
		if (!($3 in seen)) { seen[$3] = 1; rules[++count] = $3 }
		slower[$1, $3] = slower[$1, $3] \
			sprintf(" %6.2f", 100 * $5 / $4)
		open[$1, $3] = open[$1, $3] sprintf(" %6.2f", 100 * $6 / $4)
		rounds[$1, $3] = rounds[$1, $3] sprintf(" %6.1f", $7 / 3)
	}
	END {
		for (l = 1; l <= loads; l++) {
			for (r = 1; r <= count; r++)
				line(order[l], rules[r],
				     slower[order[l], rules[r]])
			line(order[l], "(open)", open[order[l], "cprof"])
			line(order[l], "(rounds)", rounds[order[l], "cprof"])
		}
	}'
}

# Real gates, one after the other: statuses, and which function came first.
gates()
{
	target
	out=$(mktemp -d) || exit 1
	trap 'rm -rf "$out"' EXIT
	for _ in $(seq "$1"); do
		CPROF_OUTPUT_DIR=$out/profiles "$CPROF" gate -q \
			--metric "${METRIC:-cpu}" $3 -f markdown \
			-o "$out/gate.md" --base 0 --new "${2:-0}" -- \
			"$BUILD/bench/verdict_target" 0 {} 0 >"$out/said"
		echo "status $?"
		sed -n '/^| function/{n;n;p;}' "$out/gate.md" |
			sed 's/^| `\([^`]*\)`.*/first \1/'
		sed -n '/^| function/,/^$/s/^| `\([^`]*\)`.*| slower |.*/slower \1/p' \
			"$out/gate.md"
		rm -rf "$out/profiles" "$out/gate.md"
	done | sort | uniq -c
}

case ${1:-stored} in
stored) rules $data ;;
record) record "$2" "$3" "$4" ;;
rules) rules "$2" "$3" "$4" ;;
table) table "${2:-cpu}" "${3:-$data}" ;;
gates) gates "$2" "$3" "$4" ;;
*) sed -n '3,10s/^# *//p' "$0"; exit 2 ;;
esac
