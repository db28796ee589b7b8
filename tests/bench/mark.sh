#!/bin/sh
# SPDX-License-Identifier: MIT
# What a region of <cprof.h> costs.  Goals: off at most 1 ns, on at most
# 60 ns for begin and end, of which the clock takes about half.
. "$(dirname "$0")/lib.sh"

lib=${CPROF_OBJ:-$BUILD/obj}
[ -e "$lib/libcprof.a" ] || cannot "no $lib/libcprof.a"
$CC -O2 -Ilib/mark -o "$tmp/mark" tests/bench/mark.c "$lib/libcprof.a" ||
	exit 1
$CC -O2 -Ilib/mark -o "$tmp/mark-so" tests/bench/mark.c "-L$lib" -lcprof \
	"-Wl,-rpath,$(readlink -f "$lib")" || exit 1
for program in mark mark-so; do
	echo "$program:"
	"$tmp/$program"
	"$CPROF" record -q -o "$tmp/mark.prof" "$tmp/$program" on
	"$CPROF" report --by region --json "$tmp/mark.prof" | "$PYTHON" -c '
import json, sys
report = json.load(sys.stdin)
print("of %d calls, all counted, %d events came too fast to be kept" %
      (sum(row["calls"] for row in report["rows"]),
       report["region_losses"]["events"] +
       report["region_losses"]["calls_dropped"]))'
done
size=$(stat -L -c %s "$lib/libcprof.so")
echo "libcprof.so: $size bytes"
