# SPDX-License-Identifier: MIT
# What the bats tests share: `load lib` at their top.

bats_require_minimum_version 1.5.0

# cprof ARGS: run the program under test; then see the checks below.
cprof() {
	run --separate-stderr "$CPROF" "$@"
}

show() {
	printf 'status: %s\nstdout:\n%s\nstderr:\n%s\n' "$status" "$output" \
		"$stderr"
	return 1
}

# status_is N
status_is() {
	[ "$status" -eq "$1" ] || { echo "wanted status $1" && show; }
}

# out_has TEXT, err_has TEXT: the text is there, as it stands
out_has() {
	[[ $output == *"$1"* ]] || { echo "no '$1' in stdout" && show; }
}

err_has() {
	[[ $stderr == *"$1"* ]] || { echo "no '$1' in stderr" && show; }
}

out_lacks() {
	[[ $output != *"$1"* ]] || { echo "'$1' in stdout" && show; }
}

err_lacks() {
	[[ $stderr != *"$1"* ]] || { echo "'$1' in stderr" && show; }
}

# out_like REGEX: some line of stdout matches (extended, whole text)
out_like() {
	grep -qE -- "$1" <<<"$output" || { echo "no /$1/ in stdout" && show; }
}

err_like() {
	grep -qE -- "$1" <<<"$stderr" || { echo "no /$1/ in stderr" && show; }
}

out_empty() {
	[ -z "$output" ] || { echo "stdout is not empty" && show; }
}

err_empty() {
	[ -z "$stderr" ] || { echo "stderr is not empty" && show; }
}

# needs PROGRAM...: skip the test when one is missing
needs() {
	local program

	for program; do
		command -v "$program" >/dev/null ||
			skip "$program is not installed"
	done
}

# cannot_trace_here: true when this machine forbids ptrace
needs_tracing() {
	"$CPROF" doctor >/dev/null 2>&1 ||
		skip "tracing is not possible here (see cprof doctor)"
}

# eventually COMMAND: waits until it is true; a machine may be busy
eventually() {
	for _ in $(seq 600); do
		if "$@"; then return 0; fi
		sleep 0.05
	done
	return 1
}
