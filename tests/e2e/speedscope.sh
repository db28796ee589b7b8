#!/bin/sh
# SPDX-License-Identifier: MIT
# test: together
# The real page of speedscope reads what cprof exports: its own format, and
# others for which it has importers.
. "$(dirname "$0")/../browser.sh"
needs_modules speedscope

# Nothing inlined: of a pprof file speedscope reads only what is not.
"$make_profile" recursion "$folder/a.prof" || exit
files="a.speedscope.json a.folded a.trace.json a.pb.gz"
for file in $files; do
	"$CPROF" export -o "$folder/$file" "$folder/a.prof" || exit
done
# shellcheck disable=SC2086  # a list of words
drive 200 speedscope "$folder" $files
