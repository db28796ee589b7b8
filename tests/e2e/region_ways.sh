#!/bin/sh
# SPDX-License-Identifier: MIT
# Regions that end in all ways: exceptions, jumps, threads, fork, exec.
. "$(dirname "$0")/lib.sh"
lib=${CPROF_OBJ:-$PWD/build/obj}
[ -e "$lib/libcprof.a" ] || skip_all "no $lib/libcprof.a"
need "$CXX"

build region_ways -Wall -Wextra -Ilib/mark "$lib/libcprof.a"
record ways -- "$BUILD/e2e/region_ways"
report ways region --by region
ok "each region is seen as the manual page says" \
	"$PYTHON" tests/e2e/region_ways.py "$tmp/ways.region.json"
"$BUILD/e2e/region_ways"
ok "without cprof, the program does the same" test $? -eq 0

# What a jump out of the library costs is not kept from anybody.
told()
{
	"$PYTHON" - "$tmp/jumps.region.json" "$tmp/jumps.out" <<'END'
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)
with open(sys.argv[2], encoding="utf-8") as file:
    ended, jumps = (int(word) for word in file.read().split())
losses = report["region_losses"]
calls = sum(row["calls"] for row in report["rows"] if row["name"] == "work")
print("%d calls of %d, %d jumps; %s" % (calls, ended, jumps, losses))
# A begin and an end each; one call and one mark may go with each jump.
missing = losses["in_handlers"] / 2 + losses["too_deep"] + \
    losses["unbalanced"]
sys.exit(not (calls <= ended + jumps and
              ended <= calls + missing + 2 * jumps and
              any(row["name"] == "before" for row in report["rows"])))
END
}
build region_jumps -Wall -Wextra -Ilib/mark "$lib/libcprof.a"
record jumps -- "$BUILD/e2e/region_jumps"
report jumps region --by region
ok "a handler that jumps out of the library: what is missing is told" told
done_testing
