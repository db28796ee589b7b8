/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>

VEC_DEFINE(word_vec, char *);

static void print_overview(void)
{
	puts("usage: cprof COMMAND [options]\n"
	     "A profiler that needs no rebuild and no privileges.\n"
	     "\ncommands:");
	for (const struct command *c = commands; c->name; c++)
		printf("  %-9s %s\n", c->name, c->summary);
	puts("\nexamples:\n"
	     "  cprof record -- ./app    run a program and sample it\n"
	     "  cprof report             show where its time went\n"
	     "\n'cprof help COMMAND' or 'man cprof-COMMAND' tells more.");
}

/* For completions: "record<TAB>run a program, ..." */
static void list_commands(void)
{
	for (const struct command *c = commands; c->name; c++)
		printf("%s\t%s\n", c->name, c->summary);
}

int cmd_help(int argc, char **argv, struct error *err)
{
	bool list = false;
	const struct opt options[] = {
		OPT_FLAG(0, "commands", &list,
			 "list the commands for a program"),
		OPT_END
	};
	static const char *const usage[] = { "[COMMAND...]", NULL };
	static const char *const examples[] = {
		"cprof help", "cprof help record", NULL
	};
	const struct cli_command help = {
		"help", "tell how to use a command", usage, options, examples
	};
	struct word_vec words = VEC_INIT;
	const struct command *command;
	int first = command_parse(&help, argc, argv, err);

	if (first <= 0)
		return first;
	if (list) {
		list_commands();
		return EXIT_SUCCESS;
	}
	if (first == argc) {
		print_overview();
		return EXIT_SUCCESS;
	}
	command = command_find(argv[first]);
	if (!command)
		return command_unknown(argv[first], err);
	/* Only this one has commands of its own. */
	if (command->run != cmd_registry && first + 1 < argc)
		return error_set(err, ERROR_USAGE, "unexpected operand '%s'",
				 argv[first + 1]);
	for (int i = first; i < argc; i++)
		word_vec_push(&words, argv[i]);
	word_vec_push(&words, (char[]){ "--help" });
	word_vec_push(&words, NULL);
	first = command->run(words.count - 1, words.items, err);
	word_vec_release(&words);
	return first;
}
