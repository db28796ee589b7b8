#!/bin/sh
# SPDX-License-Identifier: MIT
# A server under load, attached to while it runs.
. "$(dirname "$0")/lib.sh"

need redis-server redis-benchmark redis-cli
socket=$(mktemp -d)/redis
redis-server --port 0 --unixsocket "$socket" --save '' --daemonize no \
	>"$tmp/server.log" 2>&1 &
server=$!
load=
trap 'kill $load $server 2>/dev/null; wait
	rm -rf "$(dirname "$socket")"
	clean_up' EXIT
tries=50
until redis-cli -s "$socket" ping >/dev/null 2>&1; do
	tries=$((tries - 1))
	[ $tries -gt 0 ] || skip_all "redis-server does not start here"
	sleep 0.1
done
redis-benchmark -s "$socket" -q -l -t set,get,lpush -c 20 -P 8 \
	>"$tmp/load.log" 2>&1 &
load=$!
sleep 0.5
# The CPU time of the main thread, and when.
used()
{
	awk -v now="$(date +%s.%N)" '{ print $1, now }' "/proc/$server/schedstat"
}
before=$(used)
record redis -p $server -d 3
after=$(used)
ok "the server was let go" grep -q '^TracerPid:[[:space:]]*0$' \
	"/proc/$server/status"
answers()
{
	redis-cli -s "$socket" ping | grep PONG
}
ok "and answers" answers
ok "the load goes on" kill -0 $load
no_error()
{
	! grep -i error "$tmp/load.log"
}
ok "and saw no error" no_error
report redis function --by function --min-percent 0 --top 100000
report redis wall --clock wall --by thread --min-percent 0
set -- /proc/$server/task/*
threads=$#
ok "wall time is 3 s for each of $threads threads" \
	facts total redis.wall "$((threads * 3))e9" 5
ok "the profile is called as the server, not as the file behind a link" \
	grep -q "\"name\": \"redis-server\"" "$tmp/redis.function.json"
ok "the event loop has it in total" \
	facts hot redis.function aeMain 90
# Not processCommand(): a stop takes 30 us to arrive on another CPU, and finds
# code that runs for less than that in the call that comes next.
ok "clients are served" facts hot redis.function readQueryFromClient 15
# Names are looked up after the three seconds; the load goes on meanwhile.
cpu=$(echo "$before $after" | awk '{ print ($3 - $1) / ($4 - $2) * 3 }')
ok "the CPU time is what the main thread used in three seconds" \
	facts total redis.function "$cpu" 15
sound redis
done_testing
