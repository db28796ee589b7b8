# SPDX-License-Identifier: MIT
# fish completion for cprof.  Commands and options come from the program's
# own tables at the moment of asking, so they are never out of date.

function __cprof_needs_command
	test (count (commandline -opc)) -eq 1
end

# The words that name a command: "registry baseline set".
function __cprof_path
	set -l words (commandline -opc)[2..]
	set -l path
	set -l known (cprof help --commands 2>/dev/null | cut -f1)
	for word in $words
		contains -- $word $known; or break
		set path $path $word
		set known (cprof $path --list-commands 2>/dev/null | cut -f1)
	end
	string join \n -- $path
end

# What may stand behind the words so far, when all of them name commands.
function __cprof_words
	set -l path (__cprof_path)
	test (count $path) -eq (math (count (commandline -opc)) - 1); or return
	test (count $path) -ge 1; or return
	cprof $path --list-commands 2>/dev/null
end

function __cprof_options
	set -l path (__cprof_path)
	test (count $path) -ge 1; or return
	cprof $path --list-options 2>/dev/null | while read -d \t short long arg help
		echo "$long"\t"$help"
	end
end

complete -c cprof -n __cprof_needs_command -f -a '(cprof help --commands)'
complete -c cprof -n '__fish_seen_subcommand_from registry' -a '(__cprof_words)'
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
