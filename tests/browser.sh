# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034  # what it sets is for its caller
# For tests with a real browser: source it instead of tap.sh.  It goes to the
# top of the tree and sets CPROF, make_profile, browser and `folder`, which
# is empty and the test's own; without a browser the file is skipped.
#
#	. "$(dirname "$0")/../browser.sh"
#	needs_modules speedscope
#	drive 60 speedscope "$folder" a.json
. "$(dirname "$0")/../tap.sh"
cd "$(dirname "$0")/../.." || exit
CPROF=${CPROF:-$PWD/cprof}
make_profile=${CPROF_OBJ:-build/obj}/tools/make_profile
modules=$PWD/build/clients/node_modules
folder=$(mktemp -d "${TMPDIR:-/tmp}/cprof-browser.XXXXXX") || exit
trap 'rm -rf "$folder"' EXIT

# needs_modules NAME...: npm packages that tests/clients/install puts there
needs_modules() {
	for module; do
		if ! [ -d "$modules/$module" ]; then
			skip_all "no $module (tests/clients/install)"
		fi
	done
}

# drive SECONDS CLIENT ARGS...: its TAP is that of the test
drive() {
	limit=$1 client=$2
	shift 2
	NODE_PATH=$modules HOME=$folder timeout "$limit" \
		node "tests/clients/$client.js" "$browser" "$@"
}

for browser in chromium chromium-browser google-chrome; do
	browser=$(command -v "$browser") && break
done
if [ -z "$browser" ]; then skip_all "no chromium"; fi
if ! command -v node >/dev/null; then skip_all "no node"; fi
needs_modules playwright-core
