#!/bin/sh
# SPDX-License-Identifier: MIT
# test: together
# The page of cprof report --html in a real browser: tests/clients/page.js
# drives Chromium and prints the facts.
. "$(dirname "$0")/../browser.sh"

for kind in plain recursion threads runs crowded hostile markup payloads small metrics \
	empty
do
	"$make_profile" "$kind" "$folder/$kind.prof" &&
		"$CPROF" report --html "$folder/$kind.prof" >/dev/null || exit
done
"$CPROF" export --region step --thread worker-1 -o "$folder/part.html" \
	"$folder/metrics.prof" || exit
"$make_profile" random "$folder/large.prof" 250000 &&
	"$CPROF" report --html "$folder/large.prof" >/dev/null || exit
drive 240 page "$CPROF" "$folder"
