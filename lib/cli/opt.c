/* SPDX-License-Identifier: MIT */
#include "cli/opt.h"

#include "cli/help.h"

#include <string.h>

enum {
	CLI_HELP = 1,	/* what parse_one() returns beside 0 and -1 */
};

struct cursor {
	const struct cli_command *command;
	char **argv;
	int argc;
	int at;		/* the argument to look at */
	struct strbuf *help;
};

static const struct opt *find_long(const struct opt *opt, const char *name,
				   size_t len)
{
	for (; opt->long_name; opt++) {
		if (strlen(opt->long_name) == len &&
		    strncmp(opt->long_name, name, len) == 0)
			return opt;
	}
	return NULL;
}

static const struct opt *find_short(const struct opt *opt, char name)
{
	for (; opt->long_name; opt++) {
		if (opt->short_name == name)
			return opt;
	}
	return NULL;
}

static int unknown_long(const struct cli_command *command, const char *name,
			size_t len, struct error *err)
{
	struct string_vec names = VEC_INIT;
	struct strbuf word = STRBUF_INIT;
	const char *near;

	for (const struct opt *opt = command->options; opt->long_name; opt++)
		string_vec_push(&names, opt->long_name);
	string_vec_push(&names, "help");
	string_vec_push(&names, NULL);
	strbuf_add_bytes(&word, name, len);

	near = cli_nearest(strbuf_text(&word), names.items);
	if (near)
		error_set(err, ERROR_USAGE,
			  "unknown option '--%s'; did you mean '--%s'?",
			  strbuf_text(&word), near);
	else
		error_set(err, ERROR_USAGE, "unknown option '--%s' "
			  "(cprof %s --help lists them)",
			  strbuf_text(&word), command->name);
	strbuf_release(&word);
	string_vec_release(&names);
	return -1;
}

/* `text` is the value behind '=' or the letter, or NULL: then the next. */
static int apply(struct cursor *in, const struct opt *opt, const char *text,
		 struct error *err)
{
	if (opt->arg_name && !text) {
		if (in->at + 1 >= in->argc)
			return error_set(err, ERROR_USAGE,
					 "option '--%s' needs a value: --%s %s",
					 opt->long_name, opt->long_name,
					 opt->arg_name);
		text = in->argv[++in->at];
	}
	if (opt->parse(text, opt->value, err))
		return error_context(err, "option '--%s'", opt->long_name);
	return 0;
}

static int parse_long(struct cursor *in, const char *arg, struct error *err)
{
	const size_t len = strcspn(arg, "=");
	const struct opt *opt = find_long(in->command->options, arg, len);
	const char *value = arg[len] ? arg + len + 1 : NULL;

	if (!opt && strcmp(arg, "help") == 0) {
		cli_help(in->command, in->help);
		return CLI_HELP;
	}
	if (!opt && strcmp(arg, "list-options") == 0) {
		cli_list_options(in->command, in->help);
		return CLI_HELP;
	}
	if (!opt)
		return unknown_long(in->command, arg, len, err);
	if (value && !opt->arg_name)
		return error_set(err, ERROR_USAGE,
				 "option '--%s' takes no value",
				 opt->long_name);
	return apply(in, opt, value, err);
}

/* "-v", "-o FILE", "-oFILE", and "-vo FILE" */
static int parse_short(struct cursor *in, const char *arg, struct error *err)
{
	for (; *arg; arg++) {
		const struct opt *opt = find_short(in->command->options, *arg);

		if (!opt && *arg == 'h') {
			cli_help(in->command, in->help);
			return CLI_HELP;
		}
		if (!opt)
			return error_set(err, ERROR_USAGE,
					 "unknown option '-%c' "
					 "(cprof %s --help lists them)", *arg,
					 in->command->name);
		if (opt->arg_name)
			return apply(in, opt, arg[1] ? arg + 1 : NULL, err);
		if (apply(in, opt, NULL, err))
			return -1;
	}
	return 0;
}

static int parse_one(struct cursor *in, struct error *err)
{
	const char *arg = in->argv[in->at];

	if (arg[1] == '-')
		return parse_long(in, arg + 2, err);
	return parse_short(in, arg + 1, err);
}

int cli_parse(const struct cli_command *command, int argc, char **argv,
	      struct strbuf *help, struct error *err)
{
	struct cursor in = { command, argv, argc, 1, help };

	for (; in.at < argc; in.at++) {
		const char *arg = argv[in.at];
		int got;

		/* "-" alone is an operand: standard input or output. */
		if (arg[0] != '-' || !arg[1])
			break;
		if (strcmp(arg, "--") == 0)
			return in.at + 1;
		got = parse_one(&in, err);
		if (got)
			return got < 0 ? -1 : 0;
	}
	return in.at;
}
