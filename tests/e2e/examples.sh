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
	grep -E '^state_bytes +1\.2 MB ' "$tmp/counters.out"
"$CPROF" report --view counters --region "state update" "$tmp/nodes.prof" \
	>"$tmp/counters.out"
ok "nodes: the size of the state in one region" \
	grep -E '^state_bytes +20\.2 MB +20\.2 MB +20\.2 MB ' \
	"$tmp/counters.out"
"$CPROF" report --by region "$tmp/nodes.prof" >"$tmp/regions.out"
by_region()
{
	grep '^Counter state_bytes' "$tmp/regions.out" &&
		grep -E '^ *0 B +\+6\.2 MB .* 20\.2 MB +6\.2 MB  graph' \
			"$tmp/regions.out" &&
		grep -E '^ *1\.2 MB +\+19\.0 MB .*20\.2 MB +20\.2 MB +setup' \
			"$tmp/regions.out" &&
		grep -E '^ *20\.2 MB +-14\.0 MB .* responder' \
			"$tmp/regions.out"
}
ok "nodes: the size of the state by region" by_region
"$CPROF" export -f csv --by region -o "$tmp/nodes.csv" "$tmp/nodes.prof"
ok "nodes: timing data for spreadsheets" \
	grep -E '^"setup","calculator",2,region,1,' "$tmp/nodes.csv"

# has NAME REGION=CALLS...
has()
{
	"$PYTHON" - "$tmp/$1.region.json" "$@" <<'END'
import json, sys
rows = json.load(open(sys.argv[1]))["rows"]
bad = 0
for word in sys.argv[3:]:
    name, calls = word.split("=")
    found = sum(row["calls"] for row in rows if row["name"] == name)
    print(name, found)
    bad += found != int(calls)
sys.exit(bad > 0)
END
}

if command -v "$CXX" >/dev/null; then
	$CXX -O2 -std=c++11 -Wall -Wextra -Werror -pedantic -Ilib/mark \
		-o "$tmp/bin/cpp" man/examples/regions.cpp "$lib/libcprof.a"
	record cpp -- "$tmp/bin/cpp"
	report cpp region --by region
	ok "C++: regions, by name and by scope" has cpp main=1 work=3 \
		"node 1=1" broken=1 caught=1
else
	skip "C++: regions" "there is no $CXX"
fi
if command -v rustc >/dev/null; then
	rustc -O -L "native=$lib" -o "$tmp/bin/rust" man/examples/regions.rs
	record rust -- "$tmp/bin/rust"
	report rust region --by region
	ok "Rust: regions, without a header" has rust main=1 work=3
else
	skip "Rust: regions" "there is no rustc"
fi
if command -v go >/dev/null; then
	(cd "$tmp/bin" && GOCACHE=$tmp/go CGO_LDFLAGS="-L$lib" \
		GOFLAGS=-mod=mod GO111MODULE=off \
		go build -o go "$OLDPWD/man/examples/regions.go")
	record go -- env LD_LIBRARY_PATH="$lib" "$tmp/bin/go"
	report go region --by region
	ok "Go: regions, without a header" has go main=1 work=3
else
	skip "Go: regions" "there is no go"
fi
$CC -O2 -std=c99 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Werror -pedantic \
	-Ilib/mark -o "$tmp/bin/session" man/examples/session.c \
	"$lib/libcprof.a"
ok "the example of a session is built, and says when there is none" \
	sh -c '"$1" | grep "nothing was recorded"' sh "$tmp/bin/session"
done_testing
