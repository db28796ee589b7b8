#!/bin/sh
# SPDX-License-Identifier: MIT
# Bytes of a profile for each sample, without symbols, at 100,000 samples of
# the compiler.  Bound: 10.  perf needs a hundred to ten thousand times that.
. "$(dirname "$0")/lib.sh"

need gcc "$PYTHON"
SECONDS_EACH=${SECONDS_EACH:-52}
"$PYTHON" tests/e2e/targets/bigfile.py 700 >"$tmp/big.c"
cat >"$tmp/load" <<'END'
end=$(($(date +%s) + $1))
while [ "$(date +%s)" -lt $end ]; do
	gcc -O2 -c -o /dev/null "$2"
done
END
# shellcheck disable=SC2016
"$CPROF" record --max-overhead off -o "$tmp/prof" -- sh -c \
	'sh "$0" "$1" "$2" & sh "$0" "$1" "$2" & wait' \
	"$tmp/load" "$SECONDS_EACH" "$tmp/big.c" 2>&1 | sed 's/^/  /'
"$CPROF" inspect --json --chunks "$tmp/prof" >"$tmp/inspect.json"
"$PYTHON" tests/bench/bytes.py "$tmp/inspect.json"
