#!/bin/sh
# SPDX-License-Identifier: MIT
# test: together
# The page of cprof compare -f html in a real browser:
# tests/clients/compare_page.js drives Chromium and prints the facts.
. "$(dirname "$0")/../browser.sh"
make_comparison=${CPROF_OBJ:-build/obj}/tools/make_comparison

for kind in before after brief sleepy markup payloads; do
	"$make_profile" "$kind" "$folder/$kind.prof" || exit
done
"$make_profile" random "$folder/large.prof" 100000 || exit
for kind in slower uncertain refused; do
	"$make_comparison" "$kind" html >"$folder/$kind.html" || exit
done
# page NAME BASE NEW
page() {
	"$make_comparison" profiles html "$folder/$2.prof" \
		"$folder/$3.prof" >"$folder/$1.html" || exit
}
page changed before after
# The statistics are those of the program itself; status 1: a regression.
"$CPROF" compare -o "$folder/real.html" "$folder/before.prof" \
	"$folder/after.prof"
[ $? -eq 1 ] || exit
"$CPROF" compare -o "$folder/waits.html" "$folder/brief.prof" \
	"$folder/sleepy.prof"
[ $? -eq 1 ] || exit
"$CPROF" compare --metric cpu -o "$folder/work.html" "$folder/brief.prof" \
	"$folder/sleepy.prof"
[ $? -eq 0 ] || exit
page alike before before
page payloads payloads markup
page large large before
drive 120 compare_page "$folder"
