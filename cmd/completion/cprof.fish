# SPDX-License-Identifier: MIT
# fish completion for cprof.  Commands and options come from the program's
# own tables at the moment of asking, so they are never out of date.

function __cprof_needs_command
	test (count (commandline -opc)) -eq 1
end

function __cprof_options
	set -l words (commandline -opc)
	test (count $words) -ge 2; or return
	cprof $words[2] --list-options 2>/dev/null | while read -d \t short long arg help
		echo "$long"\t"$help"
	end
end

complete -c cprof -n __cprof_needs_command -f -a '(cprof help --commands)'
complete -c cprof -n 'string match -q -- "-*" (commandline -ct)' -f \
	-a '(__cprof_options)'
complete -c cprof -n '__fish_seen_subcommand_from help' -f \
	-a '(cprof help --commands)'
complete -c cprof -n '__fish_seen_subcommand_from export' -s f -l format -x \
	-a '(cprof export --formats)'
complete -c cprof -n '__fish_seen_subcommand_from export' -l chart -x \
	-a '(cprof export --charts)'
complete -c cprof -n '__fish_seen_subcommand_from export' -l theme -x \
	-a 'light dark'
