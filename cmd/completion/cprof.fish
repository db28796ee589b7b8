# SPDX-License-Identifier: MIT
# fish completion for cprof.  Commands and options come from the program's
# own tables at the moment of asking, so they are never out of date.

function __cprof_needs_command
	test (count (commandline -opc)) -eq 1
end

# Words of the line behind cprof, and behind help.
function __cprof_line
	set -l words (commandline -opc)[2..]
	test "$words[1]" = help; and set -e words[1]
	string join \n -- $words
end

# Those of them that name a command: "registry baseline set".
function __cprof_path
	set -l path
	set -l known (cprof help --commands 2>/dev/null | cut -f1)
	for word in (__cprof_line)
		contains -- $word $known; or break
		set path $path $word
		set known (cprof $path --list-commands 2>/dev/null | cut -f1)
	end
	string join \n -- $path
end

# What may stand next, when all of them name commands.
function __cprof_words
	set -l path (__cprof_path)
	test (count $path) -eq (count (__cprof_line)); or return
	if test (count $path) -eq 0
		cprof help --commands
	else
		cprof $path --list-commands 2>/dev/null
	end
end

function __cprof_options
	set -l path (__cprof_path)
	test (count $path) -ge 1; or return
	cprof $path --list-options 2>/dev/null | while read -d \t short long arg help
		echo "$long"\t"$help"
	end
end

complete -c cprof -n __cprof_needs_command -f -a '(cprof help --commands)'
complete -c cprof -n '__fish_seen_subcommand_from registry; and count (__cprof_words) >/dev/null' \
	-f -a '(__cprof_words)'
complete -c cprof -n 'string match -q -- "-*" (commandline -ct)' -f \
	-a '(__cprof_options)'
complete -c cprof -n '__fish_seen_subcommand_from help' -f \
	-a '(__cprof_words)'
complete -c cprof -n '__fish_seen_subcommand_from export' -s f -l format -x \
	-a '(cprof export --formats)'
complete -c cprof -n '__fish_seen_subcommand_from compare gate' -s f -l format \
	-x -a '(cprof compare --formats)'
complete -c cprof -n '__fish_seen_subcommand_from export' -l chart -x \
	-a '(cprof export --charts)'
complete -c cprof -n '__fish_seen_subcommand_from export compare' -l theme -x \
	-a 'light dark'
