#!/bin/sh
# SPDX-License-Identifier: MIT
# Names that the recording did not write: report looks for them, in files
# with the recorded build-id only.
. "$(dirname "$0")/lib.sh"
need objcopy strip readelf

build shares
cp "$BUILD/e2e/shares" "$tmp/program"

# The sampler, a child of cprof, dies; names come last, so there are none.
"$CPROF" record --max-overhead off -o "$tmp/killed.prof" -- \
	"$tmp/program" long 6 >"$tmp/killed.out" 2>"$tmp/killed.err" &
recorder=$!
sleep 4
sampler=
for child in $(pgrep -P "$recorder"); do
	if [ "$(readlink "/proc/$child/exe")" = \
		"$(readlink -f "$CPROF")" ]; then
		sampler=$child
	fi
done
[ -n "$sampler" ] && kill -KILL "$sampler"
wait "$recorder"
partial=$tmp/killed.prof.partial
report_partial()
{
	timeout 60 "$CPROF" report --json --by "$1" "$partial" \
		>"$tmp/killed.$2.json"
}

announces()
{
	timeout 60 "$CPROF" report --tree "$partial" | grep "is cut off"
}

ok "a killed recording leaves a file that can be reported" \
	report_partial function named
ok "its functions are found in the program" \
	facts hot killed.named work_50 40 60
ok "... with source lines" \
	grep -q shares.c "$tmp/killed.named.json"
ok "every report announces that it is cut off" \
	announces

# Another program under the same name, which must not be believed.
build waits
cp "$BUILD/e2e/waits" "$tmp/program"
report_partial function other
ok "a program with another build-id gives no names" \
	facts absent killed.other 'work_.*|main'
ok "... its functions are called after their addresses" \
	grep -q '"\[program+0x[0-9a-f]*\]"' "$tmp/killed.other.json"

# A stripped program, and its debug information on a server.
if [ ! -e /usr/lib/x86_64-linux-gnu/libdebuginfod.so.1 ]; then
	skip "lines come from a server when asked for" "no libdebuginfod"
	done_testing
	exit
fi
cp "$BUILD/e2e/shares" "$tmp/program"
id=$(readelf -n "$tmp/program" | sed -n 's/.*Build ID: //p')
mkdir -p "$tmp/server/buildid/$id"
objcopy --only-keep-debug "$tmp/program" "$tmp/server/buildid/$id/debuginfo"
strip "$tmp/program"
record bare -- "$tmp/program" long 1
"$PYTHON" -u -m http.server --bind 127.0.0.1 --directory "$tmp/server" 0 \
	>"$tmp/server.log" 2>&1 &
server=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
	grep -q port "$tmp/server.log" && break
	sleep 0.3
done
DEBUGINFOD_URLS=http://127.0.0.1:$(sed -n 's/.* port \([0-9]*\).*/\1/p' \
	"$tmp/server.log")
DEBUGINFOD_CACHE_PATH=$tmp/cache
export DEBUGINFOD_URLS DEBUGINFOD_CACHE_PATH
report bare plain --by function
ok "servers are not asked unless that is wanted" \
	facts absent bare.plain 'work_.*'
report bare asked --by function --debuginfod
ok "--debuginfod: names come from a server" \
	facts hot bare.asked work_50 40 60
kill "$server"
wait "$server" 2>/dev/null
done_testing
