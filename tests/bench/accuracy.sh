#!/bin/sh
# SPDX-License-Identifier: MIT
# Self time by function of the compiler and of python3, cprof against
# perf record -e cpu-clock, kernel time folded into its caller: total-
# variation distance, next to that of perf against perf.  Bound: 1.25 times.
#
#	RUNS=3 tests/bench/accuracy.sh		more runs, less luck
. "$(dirname "$0")/lib.sh"

RUNS=${RUNS:-2}
need_perf
need gcc "$PYTHON"
symbols=${CPROF_OBJ:-$BUILD/obj}/tools/symbols
make -s "$symbols" || exit 1
"$PYTHON" tests/e2e/targets/bigfile.py "${FUNCTIONS:-850}" >"$tmp/big.c"

# compare NAME MODULES COMMAND...
compare()
{
	name=$1 modules=$2
	shift 2
	echo "$name: $*"
	run=1
	while [ $run -le "$RUNS" ]; do
		perf record -q -e cpu-clock -F 1000 -g -o "$tmp/perf" -- "$@" \
			>/dev/null 2>&1
		perf script -i "$tmp/perf" -F pid,ip,dso \
			>"$tmp/$name.$run.txt" 2>/dev/null
		"$CPROF" record --max-overhead off --force -o "$tmp/prof" -- "$@" \
			>/dev/null 2>"$tmp/err" || cat "$tmp/err"
		tail -n 2 "$tmp/err" | sed 's/^/  /'
		"$CPROF" report --json --by function --min-percent 0 \
			--top 1000000 "$tmp/prof" >"$tmp/$name.$run.json"
		run=$((run + 1))
	done
	"$PYTHON" tests/bench/accuracy.py "$symbols" "$modules" "$tmp/$name".*.txt \
		"$tmp/$name".*.json
}

compare compiler cc1,libc.so "$(gcc -print-prog-name=cc1)" -quiet -O2 \
	-o /dev/null "$tmp/big.c"
compare python python3.11,libc.so,libm.so "$PYTHON" \
	tests/e2e/targets/nbody.py 12
