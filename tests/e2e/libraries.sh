#!/bin/sh
# SPDX-License-Identifier: MIT
# Libraries that come and go: one takes the address of another, one is
# replaced on disk while it runs.
. "$(dirname "$0")/lib.sh"

build_as libfirst.so swapped -shared -fPIC -DBURN=burn_first
build_as libsecond.so swapped -shared -fPIC -DBURN=burn_second
build_as swapping swapping

record swap -- "$BUILD/e2e/swapping" 4 "$BUILD/e2e/libfirst.so" \
	"$BUILD/e2e/libsecond.so"
report swap function --by function --min-percent 0 --top 1000
if grep -q '^same 0 ' "$tmp/swap.out"; then
	skip "each library has its half" "they never had the same address"
else
	# 0.1 s of each 0.4 s may go to the one before.
	ok "each library has its half: the first" \
		facts hot swap.function burn_first 37 63
	ok "each library has its half: the second" \
		facts hot swap.function burn_second 37 63
fi
sound swap

cp "$BUILD/e2e/libfirst.so" "$tmp/lib1.so"
"$BUILD/e2e/swapping" 3 "$tmp/lib1.so" "$tmp/lib1.so" >/dev/null &
pid=$!
sleep 0.2
# As a package manager does it.  The next dlopen finds the new one.
cp "$BUILD/e2e/libsecond.so" "$tmp/new.so"
mv "$tmp/new.so" "$tmp/lib1.so"
record replaced -p $pid
wait $pid
report replaced function --by function --min-percent 0 --top 1000
ok "replaced: the old library has its time" \
	facts hot replaced.function burn_first 2 20
ok "replaced: the new one has the rest" \
	facts hot replaced.function burn_second 75 98
sound replaced
done_testing
