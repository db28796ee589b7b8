# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# TAP for tests that are shell scripts: source it, say ok or not_ok for each
# fact, end with finish.
#
#	. "$(dirname "$0")/../tap.sh"
#	if [ "$seen" -gt 3 ]; then ok "..."; else not_ok "..." "seen: $seen"; fi
#	finish

tap_count=0
tap_failed=0

ok() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1"
}

# not_ok NAME [DETAILS]: details may have many lines
not_ok() {
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $1"
	if [ -n "${2:-}" ]; then printf '%s\n' "$2" | sed 's/^/# /'; fi
}

# skip NAME WHY: one test that cannot run here
skip() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

# nothing NAME OUTPUT: ok when there is no output
nothing() {
	if [ -z "$2" ]; then ok "$1"; else not_ok "$1" "$2"; fi
}

# succeeds NAME COMMAND...: ok when the command's status is 0
succeeds() {
	tap_name=$1
	shift
	if tap_output=$("$@" 2>&1); then
		ok "$tap_name"
	else
		not_ok "$tap_name" "$tap_output"
	fi
}

# skip_all WHY: end the file; none of its tests can run here
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

finish() {
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ]
	exit
}
