#!/bin/sh
# SPDX-License-Identifier: MIT
# The same program linked in other ways: static, static-pie, not PIE, with
# frame pointers, without symbols.
. "$(dirname "$0")/lib.sh"

# linked NAME FLAGS...
linked()
{
	name=$1
	shift
	build_as "$name" shares "$@"
	record "$name" -- "$BUILD/e2e/$name" long 2
	report "$name" function --by function --min-percent 0 --top 1000
	ok "$name: each function has its share of the time" \
		facts shares "$name.function" "$tmp/$name.out"
	ok "$name: main has it all" facts hot "$name.function" main 98.5
	ok "$name: _start is the outermost" \
		facts hot "$name.function" _start 99
	sound "$name"
}

linked static -static
linked static-pie -static-pie
linked no-pie -no-pie
linked frame-pointer -fno-omit-frame-pointer
linked clang-like -fno-asynchronous-unwind-tables -fno-omit-frame-pointer

build_as symbols shares
strip -s -o "$BUILD/e2e/stripped" "$BUILD/e2e/symbols"
record stripped -- "$BUILD/e2e/stripped" long 2
report stripped function --by function --min-percent 0 --top 1000
# Without symbols a function is called by its module and where it starts.
sed -n '/^truth/p' "$tmp/stripped.out" | while read -r word name share; do
	where=$(nm "$BUILD/e2e/symbols" | sed -n "s/^0*\([^ ]*\) t $name$/\1/p")
	echo "$word stripped+0x$where $share"
done >"$tmp/ranges.out"
ok "stripped: functions are called by where they start" \
	facts shares stripped.function "$tmp/ranges.out"
"$CPROF" report "$tmp/stripped.prof" >"$tmp/stripped.text" 2>&1
ok "stripped: the report says that these are no names" \
	grep -q '[0-9]% named by address only' "$tmp/stripped.text"
sound stripped
done_testing
