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
done_testing
