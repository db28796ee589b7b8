#!/bin/sh
# SPDX-License-Identifier: MIT
# test: together
# The page of cprof report --html in a real browser: tests/clients/page.js
# drives Chromium and prints the facts.
. "$(dirname "$0")/../tap.sh"
cd "$(dirname "$0")/../.." || exit
CPROF=${CPROF:-$PWD/cprof}
make_profile=${CPROF_OBJ:-build/obj}/tools/make_profile
modules=$PWD/build/clients/node_modules
folder=$(mktemp -d "${TMPDIR:-/tmp}/cprof-html.XXXXXX") || exit
trap 'rm -rf "$folder"' EXIT

for browser in chromium chromium-browser google-chrome; do
	browser=$(command -v "$browser") && break
done
if [ -z "$browser" ]; then skip_all "no chromium"; fi
if ! command -v node >/dev/null; then skip_all "no node"; fi
if ! [ -d "$modules/playwright-core" ]; then
	skip_all "no playwright-core (tests/clients/install)"
fi

for kind in plain recursion threads runs hostile markup small empty; do
	"$make_profile" "$kind" "$folder/$kind.prof" &&
		"$CPROF" report --html "$folder/$kind.prof" >/dev/null || exit
done
"$make_profile" random "$folder/large.prof" 250000 &&
	"$CPROF" report --html "$folder/large.prof" >/dev/null || exit
NODE_PATH=$modules HOME=$folder timeout 240 \
	node tests/clients/page.js "$browser" "$CPROF" "$folder"
