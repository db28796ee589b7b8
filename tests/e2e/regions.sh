#!/bin/sh
# SPDX-License-Identifier: MIT
# Regions, as the program itself measured them: nested, in two threads,
# launched and attached, linked in both ways, stripped.
. "$(dirname "$0")/lib.sh"
lib=${CPROF_OBJ:-$PWD/build/obj}
[ -e "$lib/libcprof.a" ] || skip_all "no $lib/libcprof.a"

check()
{
	"$PYTHON" tests/e2e/regions.py "$tmp/$1.region.json" "$tmp/$1.out" \
		"${2:-0}"
}

no_losses()
{
	"$PYTHON" -c '
import json, sys
losses = json.load(open(sys.argv[1]))["region_losses"]
print(losses)
sys.exit(any(losses.values()))' "$tmp/$1.region.json"
}

build regions -Ilib/mark "$lib/libcprof.a"
build_as regions-static regions -Ilib/mark -static -s "$lib/libcprof.a"
build_as regions-shared regions -Ilib/mark "-L$lib" -lcprof "-Wl,-rpath,$lib"

for kind in regions regions-static; do
	record $kind -- "$BUILD/e2e/$kind" 2
	report $kind region --by region
	ok "$kind: every call is there, with its time and its CPU time" \
		check $kind
	ok "$kind: nothing was lost" no_losses $kind
done

# The library is found when it has been mapped: a few calls may be missed.
record regions-shared -- "$BUILD/e2e/regions-shared" 2
report regions-shared region --by region
ok "the shared library: calls have their times" check regions-shared 4

mkfifo "$tmp/go"
"$BUILD/e2e/regions" 2 wait <"$tmp/go" >"$tmp/attached.out" &
pid=$!
exec 3>"$tmp/go"
timeout 60 "$CPROF" record -p $pid --max-overhead off \
	-o "$tmp/attached.prof" 2>"$tmp/attached.err" &
recorder=$!
until grep -q cprof-sampler "/proc/$recorder/task/$recorder/children" \
	2>/dev/null || ! kill -0 $recorder 2>/dev/null ||
	grep -qs 'TracerPid:	[1-9]' "/proc/$pid/status"; do
	sleep 0.05
done
sleep 0.3
echo >&3
exec 3>&-
wait $pid
wait $recorder
report attached region --by region
# A busy machine may let the program go on before cprof is quite there.
ok "attached: the calls are there, with their times and their CPU times" \
	check attached 4

ok "CPU time of all recordings together" "$PYTHON" tests/e2e/regions.py \
	together "$tmp/regions.region.json" "$tmp/regions.out" \
	"$tmp/regions-static.region.json" "$tmp/regions-static.out" \
	"$tmp/regions-shared.region.json" "$tmp/regions-shared.out" \
	"$tmp/attached.region.json" "$tmp/attached.out"

# A ring that runs over loses calls, but none of their sums.
$CC -O2 -Ilib/mark -o "$BUILD/e2e/mark-bench" tests/bench/mark.c \
	"$lib/libcprof.a"
record fast -- "$BUILD/e2e/mark-bench" on
report fast region --by region
ok "calls that come too fast to be read are all counted" "$PYTHON" -c '
import json, sys
report = json.load(open(sys.argv[1]))
print(report["region_losses"])
counts = sorted(row["calls"] for row in report["rows"])
print(counts)
sys.exit(counts != [3600000] * 4)' "$tmp/fast.region.json"

# cprof is killed with all its processes: nobody switches it off.
build lease -Ilib/mark "$lib/libcprof.a"
"$BUILD/e2e/lease" >"$tmp/lease.out" &
pid=$!
"$CPROF" record -p $pid -o "$tmp/lease.prof" 2>/dev/null &
recorder=$!
for i in $(seq 600); do
	grep -q on "$tmp/lease.out" && break
	sleep 0.05
done
sampler=$(cat "/proc/$recorder/task/$recorder/children")
# shellcheck disable=SC2086  # a list of numbers
kill -9 $sampler $recorder
killed=$(date +%s%N)
wait $pid
status=$?
late=$((($(date +%s%N) - killed) / 1000000))
ok "when cprof is killed, it is off after two seconds (${late} ms)" \
	sh -c 'cat "$1"; grep -q off "$1" && [ "$2" -eq 0 ] &&
	[ "$3" -le 5000 ]' sh "$tmp/lease.out" $status $late
done_testing
