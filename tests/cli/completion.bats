#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# test: together
load lib

# complete WORD...: what bash would offer for the last word
complete() {
	PATH=$(dirname "$CPROF"):$PATH bash -c '
		source cmd/completion/cprof.bash
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_cprof cprof
		printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}

@test "bash completes the commands" {
	run complete cprof he
	[ "$output" = help ]
	run complete cprof help he
	[ "$output" = help ]
}

@test "bash completes the options of each command, and --help" {
	for command in $("$CPROF" help --commands | cut -f1); do
		wanted=$({ "$CPROF" "$command" --list-options | cut -f2
			echo --help; } | sort)
		[ "$(complete cprof "$command" -- | sort)" = "$wanted" ]
	done
}

@test "bash completes commands behind commands, and their options" {
	[ "$(complete cprof registry ba)" = baseline ]
	[ "$(complete cprof registry baseline r)" = rm ]
	[ "$(complete cprof help registry pru)" = prune ]
	run complete cprof registry list --sin
	[ "$output" = --since ]
	run complete cprof registry baseline set --
	[ "$output" = --help ]
}

@test "bash completes the formats of export" {
	[ "$(complete cprof export -f "")" = \
		"$("$CPROF" export --formats | cut -f1)" ]
	run complete cprof export --format spe
	[ "$output" = speedscope ]
}

@test "bash completes the forms of compare, and of gate" {
	[ "$(complete cprof compare -f "")" = \
		"$("$CPROF" compare --formats | cut -f1)" ]
	[ "$(complete cprof gate --format gith)" = github ]
}

@test "bash completes the charts and themes of export" {
	[ "$(complete cprof export --chart "")" = \
		"$("$CPROF" export --charts | cut -f1)" ]
	[ "$(complete cprof export --theme d)" = dark ]
}

@test "behind -- bash completes the recorded command, not our options" {
	run complete cprof record -- --
	out_lacks --help
}

@test "zsh accepts its completion" {
	needs zsh
	zsh -n cmd/completion/cprof.zsh
}

@test "fish accepts its completion" {
	needs fish
	fish --no-execute cmd/completion/cprof.fish
}

@test "fish completes commands behind commands, and options" {
	needs fish
	offers() {
		PATH=$(dirname "$CPROF"):$PATH fish --no-config -c '
			source cmd/completion/cprof.fish
			complete -C "$argv"' "$1" | cut -f1 | xargs
	}
	[ "$(offers "cprof registry ba")" = baseline ]
	[ "$(offers "cprof registry baseline r")" = rm ]
	[ "$(offers "cprof help registry pru")" = prune ]
	[ "$(offers "cprof registry list --sin")" = --since ]
}
