#!/bin/sh
# SPDX-License-Identifier: MIT
# The examples of man/examples are built as their heads say, and recorded.
. "$(dirname "$0")/lib.sh"
lib=${CPROF_OBJ:-$PWD/build/obj}
[ -e "$lib/libcprof.a" ] || skip_all "no $lib/libcprof.a"


# The outputs of a guide for graphs of nodes, see README.
mkdir "$tmp/bin"
$CC -O2 -Wall -Wextra -Werror -std=c99 -D_POSIX_C_SOURCE=200809L -pedantic \
	-Ilib/mark -o "$tmp/bin/nodes" man/examples/nodes.c "$lib/libcprof.a"
record nodes --level detailed -- "$tmp/bin/nodes"
"$CPROF" report --by region --json "$tmp/nodes.prof" >"$tmp/nodes.json"
ok "nodes: times, calls, memory of three nodes and their phases" \
	"$PYTHON" tests/e2e/nodes.py "$tmp/nodes.json"
"$CPROF" report --by region --region calculator "$tmp/nodes.prof" \
	>"$tmp/calculator.out"
ok "nodes: one node and its phases, chosen by name" \
	sh -c 'cat "$1"; grep -q computation "$1" && ! grep -q responder "$1"' \
	sh "$tmp/calculator.out"
"$CPROF" report "$tmp/nodes.prof" >"$tmp/nodes.out"
ok "nodes: the summary says where memory was at its peak" \
	grep -E 'Memory .*|peak was in region' "$tmp/nodes.out"
"$CPROF" report --view counters "$tmp/nodes.prof" >"$tmp/counters.out"
ok "nodes: the size of the state over time" \
	grep -E '^state_bytes +1,200,' "$tmp/counters.out"
"$CPROF" export -f csv --by region -o "$tmp/nodes.csv" "$tmp/nodes.prof"
ok "nodes: timing data for spreadsheets" \
	grep -E '^"setup","calculator",2,region,1,' "$tmp/nodes.csv"
done_testing
