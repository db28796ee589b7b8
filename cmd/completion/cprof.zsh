#compdef cprof
# SPDX-License-Identifier: MIT
# zsh completion for cprof.  Commands and options come from the program's
# own tables at the moment of asking, so they are never out of date.

_cprof_commands() {
	local -a commands
	commands=(${(f)"$(_call_program commands cprof help --commands \
		| tr '\t' ':')"})
	_describe -t commands 'cprof command' commands
}

# Those of the command "$1"; a gate has the forms of a comparison.
_cprof_formats() {
	local -a formats
	formats=(${(f)"$(_call_program formats cprof ${1/gate/compare} \
		--formats | tr '\t' ':')"})
	_describe -t formats 'format' formats
}

_cprof_charts() {
	local -a charts
	charts=(${(f)"$(_call_program charts cprof export --charts \
		| tr '\t' ':')"})
	_describe -t charts 'chart' charts
}

# The commands behind "$@", such as those of "cprof registry".
_cprof_words() {
	local -a commands
	commands=(${(f)"$(_call_program words cprof $@ --list-commands \
		2>/dev/null | tr '\t' ':')"})
	(( $#commands )) && _describe -t commands 'command' commands
}

_cprof() {
	local line short long arg help spec next
	local -a specs command

	if (( CURRENT == 2 )); then
		_cprof_commands
		return
	fi
	if [[ $words[2] == help ]]; then
		(( CURRENT == 3 )) && _cprof_commands
		return
	fi

	# "registry baseline set": words that have other commands behind them.
	command=($words[2])
	while cprof $command --list-commands >/dev/null 2>&1 </dev/null; do
		if (( CURRENT == $#command + 2 )); then
			_cprof_words $command && return
		fi
		next=${words[$(( $#command + 2 ))]}
		[[ -n $next && $next != -* ]] || break
		command+=($next)
	done

	_call_program options cprof $command --list-options |
	while IFS= read -r line; do
		# Not IFS=$'\t': two tabs in a row would count as one.
		short=${line%%$'\t'*} line=${line#*$'\t'}
		long=${line%%$'\t'*} line=${line#*$'\t'}
		arg=${line%%$'\t'*} help=${line#*$'\t'}
		help=${${help//\[/(}//\]/)}
		help=${help//:/\\:}
		spec="[$help]"
		[[ $long == --format ]] && arg=FORMAT
		[[ $long == --chart ]] && arg=CHART
		case $arg in
		'') ;;
		FILE) spec+=":$arg:_files" ;;
		FORMAT) spec+=":$arg:{ _cprof_formats $command[1] }" ;;
		CHART) spec+=":$arg:_cprof_charts" ;;
		THEME) spec+=":$arg:(light dark)" ;;
		PID*) spec+=":$arg:_pids" ;;
		*) spec+=":$arg: " ;;
		esac
		[[ -n $short ]] && specs+=("*$short$spec")
		specs+=("*$long$spec")
	done
	shift $#command words
	(( CURRENT -= $#command ))
	if [[ $words[1] == record ]]; then
		_arguments -S $specs '(-)1:program:_command_names -e' \
			'*::arguments:_normal'
	else
		_arguments -S $specs '*:file:_files'
	fi
}

_cprof "$@"
