#!/bin/sh
# SPDX-License-Identifier: MIT
# Children by fork, fork + exec, vfork + exec and posix_spawn.
. "$(dirname "$0")/lib.sh"

build children
record followed -- "$BUILD/e2e/children"
report followed function --by function --min-percent 0
report followed process --by process --min-percent 0
ok "parent and children have their shares" \
	facts shares followed.function "$tmp/followed.out"
ok "the CPU time is that of all five processes" \
	facts cpu followed.function "$tmp/followed.out"
ok "each of the five processes has a row" \
	facts rows_least followed.process 5
sound followed

record alone --no-follow -- "$BUILD/e2e/children"
report alone function --by function --min-percent 0
ok "--no-follow: the parent's work is there" \
	facts hot alone.function in_parent 90 100
ok "--no-follow: the children's work is not" \
	facts absent alone.function 'in_(forked|execed|vforked|spawned)'

build kernel_part
record brief -- "$BUILD/e2e/kernel_part"
report brief process --by process
ok "user and system time of children of 3 ms are theirs" \
	facts kernel brief.process "$tmp/brief.out"
attach attached standard kernel_part
report attached process --by process
ok "attached, those of the time before are none of the recording" \
	facts kernel attached.process "$tmp/attached.out"
done_testing
