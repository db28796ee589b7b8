/* SPDX-License-Identifier: MIT */
#include "command.h"

#include "symbol/debuginfod.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct command *find(const struct command *list,
				  const char *name)
{
	for (const struct command *c = list; c->name; c++) {
		if (strcmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}

/* `group` is "" or "registry ". */
static int unknown(const struct command *list, const char *group,
		   const char *name, struct error *err)
{
	struct string_vec names = VEC_INIT;
	const char *near;

	for (const struct command *c = list; c->name; c++)
		string_vec_push(&names, c->name);
	string_vec_push(&names, NULL);
	near = cli_nearest(name, names.items);
	if (*name == '-')
		error_set(err, ERROR_USAGE, "unknown option '%s' (cprof help "
			  "tells more)", name);
	else if (near)
		error_set(err, ERROR_USAGE,
			  "unknown command '%s%s'; did you mean '%s%s'?",
			  group, name, group, near);
	else
		error_set(err, ERROR_USAGE,
			  "unknown command '%s%s' (cprof help%s%.*s lists "
			  "them)", group, name, *group ? " " : "",
			  (int)strcspn(group, " "), group);
	string_vec_release(&names);
	return -1;
}

const struct command *command_find(const char *name)
{
	return find(commands, name);
}

int command_unknown(const char *name, struct error *err)
{
	return unknown(commands, "", name, err);
}

static void print_group(const struct command_group *group)
{
	printf("usage: cprof %s COMMAND [options]\n%s\n\ncommands:\n",
	       group->name, group->summary);
	for (const struct command *c = group->commands; c->name; c++)
		printf("  %-9s %s\n", c->name, c->summary);
	puts("\nexamples:");
	for (const char *const *e = group->examples; *e; e++)
		printf("  %s\n", *e);
	printf("\n'cprof help %s COMMAND' tells more.\n", group->name);
}

int command_group_run(const struct command_group *group, int argc,
		      char **argv, struct error *err)
{
	const char *word = argc > 1 ? argv[1] : "--help";
	const struct command *command;
	char *prefix;

	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
		print_group(group);
		return EXIT_SUCCESS;
	}
	if (strcmp(word, "--list-options") == 0)
		return EXIT_SUCCESS;
	if (strcmp(word, "--list-commands") == 0) {
		for (command = group->commands; command->name; command++)
			printf("%s\t%s\n", command->name, command->summary);
		return EXIT_SUCCESS;
	}
	if (word[0] == '-')
		return error_set(err, ERROR_USAGE, "unknown option '%s'; "
				 "options stand behind the command (cprof "
				 "help %s lists them)", word, group->name);
	command = find(group->commands, word);
	if (command)
		return command->run(argc - 1, argv + 1, err);
	prefix = mem_printf("%s ", group->name);
	unknown(group->commands, prefix, word, err);
	free(prefix);
	return -1;
}

int command_parse(const struct cli_command *command, int argc, char **argv,
		  struct error *err)
{
	struct strbuf help = STRBUF_INIT;
	int first = cli_parse(command, argc, argv, &help, err);

	if (first == 0)
		fputs(strbuf_text(&help), stdout);
	strbuf_release(&help);
	return first;
}

void command_list(const char *name, const char *text)
{
	printf(isatty(STDOUT_FILENO) ? "  %-12s%s\n" : "%s\t%s\n", name, text);
}

int command_parse_debuginfod(const char *text, void *value,
			     struct error *err)
{
	bool *wanted = value;

	if (!debuginfod_possible())
		return error_set(err, ERROR_UNSUPPORTED,
				 "this cprof was built without it");
	*wanted = true;
	return 0;
}
