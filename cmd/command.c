/* SPDX-License-Identifier: MIT */
#include "command.h"

#include "symbol/debuginfod.h"

#include <stdio.h>
#include <string.h>

const struct command *command_find(const char *name)
{
	for (const struct command *c = commands; c->name; c++) {
		if (strcmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}

int command_unknown(const char *name, struct error *err)
{
	struct string_vec names = VEC_INIT;
	const char *near;

	for (const struct command *c = commands; c->name; c++)
		string_vec_push(&names, c->name);
	string_vec_push(&names, NULL);
	near = cli_nearest(name, names.items);
	if (near)
		error_set(err, ERROR_USAGE,
			  "unknown command '%s'; did you mean '%s'?",
			  name, near);
	else
		error_set(err, ERROR_USAGE,
			  "unknown command '%s' (cprof help lists them)",
			  name);
	string_vec_release(&names);
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
