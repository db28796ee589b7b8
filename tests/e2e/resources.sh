#!/bin/sh
# SPDX-License-Identifier: MIT
# What a program used of memory, CPU, files and network is what the program
# itself knows that it used: launched and attached, at each level.
. "$(dirname "$0")/lib.sh"

used()
{
	fact=$1 name=$2
	"$PYTHON" tests/e2e/resources.py "$fact" "$tmp/$name.view.json" \
		"$tmp/$name.out"
}

# check NAME LEVEL: what this level promises.
check()
{
	name=$1 level=$2
	report "$name" view --view timeline
	ok "$name: the level has the numbers that it promises" \
		used level "$name"
	[ "$level" = basic ] && return
	ok "$name: memory is what the kernel says it was" used memory "$name"
	[ "$level" = standard ] && return
	ok "$name: each thread used the CPU time that it says" used cpu "$name"
	ok "$name: threads sum to the whole" used owners "$name"
	ok "$name: page faults are no more than there were" used faults "$name"
	ok "$name: bytes read and written are right" used io "$name"
	ok "$name: bytes of TCP are right" used net "$name"
	[ "$level" = detailed ] && return
	ok "$name: memory is told apart by what it is for" used space "$name"
}

build usage
for level in basic standard detailed comprehensive; do
	record $level --level $level -- "$BUILD/e2e/usage"
	check $level $level
done
for level in detailed comprehensive; do
	attach attached-$level $level usage
	check attached-$level $level
done

# What happens between two looks is seen by the kernel.
build peak
for level in basic standard; do
	record short-$level --level $level -- "$BUILD/e2e/peak"
	report short-$level view --view memory
	ok "$level: the peak of a program that lives for 3 ms is the kernel's" \
		used short short-$level
done
record children -- sh -c "$BUILD/e2e/peak | cat; $BUILD/e2e/peak"
"$CPROF" inspect --json "$tmp/children.prof" >"$tmp/children.view.json"
ok "each process of a script has its own peak, not that of its children" \
	used children children
done_testing
