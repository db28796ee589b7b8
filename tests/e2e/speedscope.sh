#!/bin/sh
# SPDX-License-Identifier: MIT
# test: together
# The real page of speedscope reads what cprof exports: its own format, and
# others for which it has importers.
. "$(dirname "$0")/../tap.sh"
cd "$(dirname "$0")/../.." || exit
CPROF=${CPROF:-$PWD/cprof}
make_profile=${CPROF_OBJ:-build/obj}/tools/make_profile
modules=$PWD/build/clients/node_modules
folder=$(mktemp -d "${TMPDIR:-/tmp}/cprof-speedscope.XXXXXX") || exit
trap 'rm -rf "$folder"' EXIT

for browser in chromium chromium-browser google-chrome; do
	browser=$(command -v "$browser") && break
done
if [ -z "$browser" ]; then skip_all "no chromium"; fi
if ! command -v node >/dev/null; then skip_all "no node"; fi
for module in playwright-core speedscope; do
	if ! [ -d "$modules/$module" ]; then
		skip_all "no $module (tests/clients/install)"
	fi
done

# Nothing inlined: of a pprof file speedscope reads only what is not.
"$make_profile" recursion "$folder/a.prof" || exit
files="a.speedscope.json a.folded a.trace.json a.pb.gz"
for file in $files; do
	"$CPROF" export -o "$folder/$file" "$folder/a.prof" || exit
done
# shellcheck disable=SC2086  # a list of words
NODE_PATH=$modules HOME=$folder timeout 200 \
	node tests/clients/speedscope.js "$browser" "$folder" $files
