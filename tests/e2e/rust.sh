#!/bin/sh
# SPDX-License-Identifier: MIT
# Rust: generics, a trait object, a named thread; no frame pointers.
. "$(dirname "$0")/lib.sh"

need rustc
for mangling in legacy v0; do
	# Which of the two is the default, and which is called unstable, has
	# changed over the years.
	RUSTC_BOOTSTRAP=1 rustc -O -g --edition 2018 -Z unstable-options \
		-C symbol-mangling-version=$mangling \
		-o "$BUILD/e2e/generic-$mangling" tests/e2e/targets/generic.rs \
		2>"$tmp/rustc.err" || {
		skip "$mangling names" "rustc does not build the target"
		continue
	}
	record $mangling -- "$BUILD/e2e/generic-$mangling" 2
	report $mangling function --by function --min-percent 0 --top 100000
	report $mangling thread --by thread --min-percent 0
	ok "$mangling: the trait's method is hot" \
		facts hot $mangling.function \
		'<generic(\[[0-9a-f]+\])?::Collatz as .*::Walk>::steps' 10 90
	ok "$mangling: its generic caller has it in total" \
		facts hot $mangling.function 'generic(\[[0-9a-f]+\])?::stats::longest(::<.*>)?' 10 90
	ok "$mangling: the other half is in main's thread" \
		facts hot $mangling.function 'generic(\[[0-9a-f]+\])?::main' 10 90
	ok "$mangling: the thread has the name it was given" \
		facts hot $mangling.thread 'walker.*' 10 90
	ok "$mangling: no name is left mangled" \
		facts absent $mangling.function '_ZN.*|_R[NIMXYC].*'
	sound $mangling
done
done_testing
