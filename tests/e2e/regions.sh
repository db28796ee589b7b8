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
ok "attached: every call is there, with its time and its CPU time" \
	check attached
done_testing
