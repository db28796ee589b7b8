# SPDX-License-Identifier: MIT
# bash completion for cprof.  Commands and options come from the program's
# own tables at the moment of asking, so they are never out of date.

_cprof()
{
	local cur prev command i words
	local -a path

	cur=${COMP_WORDS[COMP_CWORD]}
	prev=${COMP_WORDS[COMP_CWORD - 1]}
	command=${COMP_WORDS[1]}
	COMPREPLY=()

	# "registry baseline set": words that have other commands behind them.
	words=$("$1" help --commands 2>/dev/null | cut -f1)
	i=1
	[[ $command = help ]] && i=2
	while ((i < COMP_CWORD)) &&
		grep -qxF -e "${COMP_WORDS[i]}" <<<"$words"; do
		path+=("${COMP_WORDS[i]}")
		words=$("$1" "${path[@]}" --list-commands 2>/dev/null |
			cut -f1)
		((i++))
	done
	if ((i == COMP_CWORD)) && [[ -n $words && $cur != -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
	fi
	[[ $command = help ]] && path=(help)

	# Behind the operands of record is another command line.
	if [ "$command" = record ]; then
		for ((i = 2; i < COMP_CWORD; i++)); do
			if [ "${COMP_WORDS[i]}" = -- ]; then
				_cprof_program $((i + 1))
				return
			fi
		done
	fi

	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"$("$1" "${path[@]}" --list-options 2>/dev/null |
				cut -f2) --help" -- "$cur")
		return
	fi
	case $prev in
	-p | --pid)
		mapfile -t COMPREPLY < <(compgen -W \
			"$(ps -eo pid= 2>/dev/null)" -- "$cur")
		;;
	--clock)
		mapfile -t COMPREPLY < <(compgen -W "cpu wall off-cpu" -- "$cur")
		;;
	-f | --format)
		# A gate tells its verdict in the forms of a comparison.
		[[ $command = gate ]] && command=compare
		mapfile -t COMPREPLY < <(compgen -W \
			"$("$1" "$command" --formats 2>/dev/null |
				cut -f1)" -- "$cur")
		;;
	--chart)
		mapfile -t COMPREPLY < <(compgen -W \
			"$("$1" export --charts 2>/dev/null | cut -f1)" -- "$cur")
		;;
	--level)
		mapfile -t COMPREPLY < <(compgen -W \
			"basic standard detailed comprehensive" -- "$cur")
		;;
	--view)
		mapfile -t COMPREPLY < <(compgen -W \
			"memory resources counters timeline" -- "$cur")
		;;
	--theme)
		mapfile -t COMPREPLY < <(compgen -W "light dark" -- "$cur")
		;;
	--by)
		mapfile -t COMPREPLY < <(compgen -W \
			"function line file module thread process" -- "$cur")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		;;
	esac
}

# The rest of the line as if it stood alone, with its own completion.
_cprof_program()
{
	if declare -F _comp_command_offset >/dev/null; then
		_comp_command_offset "$1"
	elif declare -F _command_offset >/dev/null; then
		_command_offset "$1"
	elif [ "$COMP_CWORD" -eq "$1" ]; then
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	fi
}

complete -o filenames -F _cprof cprof
