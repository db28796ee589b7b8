#!/bin/sh
# SPDX-License-Identifier: MIT
# What regions use of memory, files and network is what the program and the
# kernel say of each: launched and attached, at each level; and where nobody
# could look in time, the report says so.
. "$(dirname "$0")/lib.sh"
lib=${CPROF_OBJ:-$PWD/build/obj}
[ -e "$lib/libcprof.a" ] || skip_all "no $lib/libcprof.a"

used()
{
	"$PYTHON" tests/e2e/region_use.py "$1" "$tmp/$2.region.json" \
		"$tmp/$2.out"
}

# check NAME LEVEL: what this level promises.
check()
{
	name=$1 level=$2
	report "$name" region --by region
	ok "$name: memory of each region, at first and at most" \
		used memory "$name"
	[ "$level" = standard ] && return
	ok "$name: bytes that each region read and wrote" used files "$name"
	ok "$name: bytes of TCP that each region sent and received" \
		used network "$name"
	ok "$name: regions too short to look into are said to be vague" \
		used short "$name"
}

build region_use -Ilib/mark "$lib/libcprof.a"
for level in standard detailed comprehensive; do
	record $level --level $level -- "$BUILD/e2e/region_use"
	check $level $level
	attach attached-$level $level region_use
	check attached-$level $level
done

marked()
{
	"$CPROF" report --by region "$tmp/detailed.prof" >"$tmp/text" &&
		grep -E '~.* (short|brief) ' "$tmp/text" &&
		grep '^~ may be off' "$tmp/text"
}
ok "the report marks what may be off" marked

# The same without a word in the program: functions, by samples.
record functions --level detailed --region grow --region write_file -- \
	"$BUILD/e2e/region_use"
report functions region --by region
sampled()
{
	"$PYTHON" - "$tmp/functions.region.json" <<'END'
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    rows = json.load(file)["rows"]
MIB = 1 << 20
bad = 0
# A round each; one may have ended before anybody looked.
for name, changes, written in ("grow", 48 * MIB, 0), \
        ("write_file", 0, 8 * MIB):
    found = [row for row in rows if row["name"] == name and
             row["kind"] == "sampled"]
    bad += not found
    for row in found:
        change = row["memory_change_bytes"]
        margin = row["memory_change_error_bytes"] + MIB
        used = row["used"].get("written", 0)
        doubt = row["used_error"].get("written", 0) + 4096
        print("%s: %d ms, %+d bytes (within %d), %d written (within %d)" % (
            name, row["total_ns"] / 1e6, change, margin, used, doubt))
        bad += abs(change - changes) > margin or \
            abs(used - written) > doubt or not row["total_ns"]
sys.exit(bad > 0)
END
}
ok "functions that are regions by their samples: memory and files" sampled
in_time()
{
	"$CPROF" report --view memory --region grow "$tmp/functions.prof" \
		>"$tmp/text" && cat "$tmp/text" &&
		grep -E '^memory.rss .*[1-9]' "$tmp/text"
}
ok "--view memory --region has the time of a sampled function" in_time
done_testing
