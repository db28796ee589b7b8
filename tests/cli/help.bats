#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
load lib

# commands [WORD...]: of all levels, one a line: "registry baseline set"
commands() {
	local word list=--list-commands

	if [ $# -eq 0 ]; then list="help --commands"; fi
	# shellcheck disable=SC2086 # two words
	for word in $("$CPROF" "$@" $list 2>/dev/null | cut -f1); do
		echo "$*${*:+ }$word"
		commands "$@" "$word"
	done
}

@test "cprof alone prints the same help as cprof help and cprof --help" {
	cprof
	status_is 0
	err_empty
	out_has "cprof record -- ./app"
	alone=$output
	for word in help --help -h; do
		cprof $word
		status_is 0
		[ "$output" = "$alone" ]
	done
}

@test "--version prints one line with the name and the number" {
	cprof --version
	status_is 0
	out_like '^cprof [0-9]+\.[0-9]+\.[0-9]+$'
	[ "${#lines[@]}" -eq 1 ]
}

@test "the help of every command fits 24 lines of 80 columns" {
	while read -ra command; do
		cprof help "${command[@]}"
		status_is 0
		err_empty
		[ "$(wc -l <<<"$output")" -le 24 ] ||
			{ echo "help of ${command[*]} is too long" && show; }
		[ "$(wc -L <<<"$output")" -le 80 ] ||
			{ echo "help of ${command[*]} is too wide" && show; }
	done < <(commands)
	cprof help
	[ "$(wc -l <<<"$output")" -le 24 ]
}

@test "the help of every command shows two examples of that command" {
	while read -r command; do
		# shellcheck disable=SC2086 # its words
		cprof $command --help
		status_is 0
		[ "$(sed '1,/^examples:/d' <<<"$output" |
			grep -c "cprof ")" -ge 2 ] || show
	done < <(commands)
}

@test "the help of every command repeats its line of the overview" {
	while IFS=$'\t' read -r command summary; do
		cprof "$command" -h
		out_has "$summary"
	done < <("$CPROF" help --commands)
}

@test "an unknown command is status 2 and suggests the nearest" {
	cprof hlep
	status_is 2
	out_empty
	[ "$stderr" = "cprof: unknown command 'hlep'; did you mean 'help'?" ]
	cprof help hlep
	status_is 2
	err_has "did you mean 'help'?"
}

@test "a command that is like nothing names the way to the list" {
	cprof qqqqqq
	status_is 2
	err_has "cprof help lists them"
	err_lacks "did you mean"
}

@test "what is no command and no operand is named for what it is" {
	cprof --hlep
	status_is 2
	err_has "cprof: unknown option '--hlep' (cprof help tells more)"
	cprof help report x
	status_is 2
	out_empty
	err_has "cprof help: unexpected operand 'x'"
	cprof help registry list
	status_is 0
	out_like '^usage: cprof registry list'
}

@test "an unknown option is status 2 and suggests the nearest" {
	cprof help --comands
	status_is 2
	err_has "unknown option '--comands'; did you mean '--commands'?"
}

@test "control characters of an argument do not reach the terminal" {
	cprof $'a\e[2Jb'
	status_is 2
	err_has 'a\x1b[2Jb'
}

@test "a full disk is told, for every way to print help" {
	[ -e /dev/full ] || skip "there is no /dev/full"
	for words in "" "help" "--version" "help help"; do
		run --separate-stderr bash -c "'$CPROF' $words >/dev/full"
		status_is 2
		err_has "No space left on device"
	done
}

@test "a closed standard output is an error, not silence" {
	run --separate-stderr bash -c "'$CPROF' help >&-"
	status_is 2
	err_has "standard output"
}
