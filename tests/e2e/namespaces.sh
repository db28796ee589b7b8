#!/bin/sh
# SPDX-License-Identifier: MIT
# Programs in other network namespaces: their bytes, not ours, and not none.
. "$(dirname "$0")/lib.sh"
need unshare "$PYTHON"

# Root, or one who may make namespaces of users.
elsewhere="unshare -n"
$elsewhere true 2>/dev/null || elsewhere="unshare -rn"
$elsewhere true 2>/dev/null || skip_all "no network namespaces here"
target="$elsewhere $PYTHON tests/e2e/targets/elsewhere.py"

# Headers are bytes, too; what goes to itself is sent and received.
check_bytes()
{
	timeout 60 "$CPROF" report --json --view resources \
		"$tmp/$1.prof" >"$tmp/$1.json"
	"$PYTHON" - "$tmp/$1.json" "$tmp/$1.out" <<-'END'
	import json, sys
	with open(sys.argv[1]) as file:
	    run = json.load(file)["runs"][0]
	truth = int(open(sys.argv[2]).read().split()[-1])
	totals = {row["name"]: row["total"] for row in run["series"]
	          if row["name"].startswith("net.")}
	notes = [row["note"] for row in run["collectors"]
	         if row["name"] == "net"]
	print(truth, totals, notes)
	good = all(truth <= totals["net.namespace." + way] <= 1.02 * truth
	           for way in ("sent", "received"))
	sys.exit(not (good and "its totals" in notes[0] and
	              not totals.get("net.sent")))
	END
}

# shellcheck disable=SC2086  # words
record launched --level detailed -- $target
ok "a program that goes there after its start: its bytes" \
	check_bytes launched

mkfifo "$tmp/go"
# shellcheck disable=SC2086
$target wait <"$tmp/go" >"$tmp/attached.out" &
pid=$!
exec 3>"$tmp/go"
for _ in $(seq 200); do
	grep -q ready "$tmp/attached.out" && break
	sleep 0.05
done
timeout 60 "$CPROF" record -p $pid --level detailed --max-overhead off \
	-o "$tmp/attached.prof" 2>"$tmp/attached.err" 3>&- &
for _ in $(seq 200); do
	grep -qs "TracerPid:	[1-9]" /proc/$pid/status && break
	sleep 0.05
done
sleep 0.7
echo >&3
exec 3>&-
wait
ok "attached to a program that is there: its bytes" check_bytes attached
done_testing
