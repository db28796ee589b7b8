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
done_testing
