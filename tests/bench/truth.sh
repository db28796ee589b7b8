#!/bin/sh
# SPDX-License-Identifier: MIT
# How far from the truth are shares of CPU time?  Programs that know their
# own, under cprof and, in the same run, under perf.
#
#	SECONDS_EACH=20 tests/bench/truth.sh	less chance in the figures
#	tests/bench/truth.sh duty		shapes whose name has that
. "$(dirname "$0")/lib.sh"

need "$PYTHON"
for name in shares duty signals threads children; do
	$CC -O2 -g -o "$BUILD/bench/$name" "tests/e2e/targets/$name.c" \
		-pthread || exit 1
done
exec "$PYTHON" -B tests/bench/truth.py "$CPROF" "$BUILD/bench" "$tmp" \
	"${SECONDS_EACH:-8}" "$@"
