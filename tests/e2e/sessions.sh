#!/bin/sh
# SPDX-License-Identifier: MIT
# Programs that record themselves: cprof_start(), cprof_stop().
. "$(dirname "$0")/lib.sh"
lib=${CPROF_OBJ:-$PWD/build/obj}
[ -e "$lib/libcprof.a" ] || skip_all "no $lib/libcprof.a"
mkdir "$tmp/bin"
ln -s "$(readlink -f "$CPROF")" "$tmp/bin/cprof"

build session_host -Ilib/mark "$lib/libcprof.a"
host=$PWD/$BUILD/e2e/session_host

run_host()
{
	(cd "$tmp" && PATH=$tmp/bin:$PATH CPROF_OUTPUT_DIR=$tmp/kept \
		timeout 120 env "$@" "$host")
}

run_host CPROF_PROFILE=1 >"$tmp/on.out"
ok "a session records, and the host sees no child of it" \
	sh -c 'cat "$1"; grep -E \
	"state=1 inner=2 children=0 seen=0 first=spin_here .* saved=1 text=1" \
	"$1"' sh "$tmp/on.out"
ok "most of the CPU time is where it was" \
	sh -c 'share=$(sed -n "s/.*share=\([0-9]*\).*/\1/p" "$1")
	[ "$share" -ge 60 ] && [ "$share" -le 110 ]' sh "$tmp/on.out"
ok "a pipe of the host ends when the host closes it" \
	grep -q "eof=1" "$tmp/on.out"
ok "the profile stays, under its name" \
	sh -c '"$2" report --json "$1"/kept/host-*.prof |
	grep "\"name\": \"host\""' sh "$tmp" "$CPROF"

run_host CPROF_PROFILE=1 CPROF_OUTPUT_DIR=there HOST_IGNORES=1 >"$tmp/away.out"
ok "a host that ignores SIGCHLD, and goes to another directory" \
	sh -c 'cat "$1/away.out"; ls "$1"/there/host-*.prof &&
	grep -q "^state=1 .* saved=1 text=1" "$1/away.out"' sh "$tmp"

run_host CPROF_PROFILE=0 >"$tmp/off.out"
ok "without CPROF_PROFILE=1 nothing happens, and it is said" \
	grep -E '^state=0 inner=0 .* saved=0' "$tmp/off.out"

record outside -- "$host"
ok "under cprof, a session is a region of that recording" \
	grep -E '^state=2 inner=2 ' "$tmp/outside.out"
report outside region --by region
ok "and has its place in it" \
	grep -q '"name": "inner"' "$tmp/outside.region.json"

# Without a word of the program: functions by their names.
record sampled --region 'spin_*' -- "$host"
report sampled region --by region
ok "a function that was asked for is a region, and said to be sampled" \
	"$PYTHON" -c '
import json, sys
report = json.load(open(sys.argv[1]))
row = [row for row in report["rows"] if row["name"] == "spin_here"][0]
print(row["kind"], row["calls"], row["cpu_ns"], report["profile"]["cpu_ns"])
sys.exit(row["kind"] != "sampled" or row["calls"] != 0 or
         row["cpu_ns"] < 0.8 * report["profile"]["cpu_ns"])' \
	"$tmp/sampled.region.json"

rm "$tmp/bin/cprof"
run_host CPROF_PROFILE=1 PATH=/nowhere >"$tmp/none.out" 2>&1 ||
	(cd "$tmp" && PATH=/nowhere CPROF_PROFILE=1 "$host") >"$tmp/none.out"
(cd "$tmp" && PATH=/nowhere CPROF_PROFILE=1 HOST_IGNORES=1 "$host") \
	>>"$tmp/none.out"
ok "without a cprof in PATH, the reason is told, SIGCHLD ignored or not" \
	sh -c 'cat "$1"; grep -q "^state=3" "$1" &&
	[ "$(grep -c "no cprof in PATH" "$1")" = 2 ]' sh "$tmp/none.out"
done_testing
