/* SPDX-License-Identifier: MIT */
#include "cli/help.h"

enum {
	LABEL_MAX = 28		/* columns; longer labels push their text on */
};

static void add_usage(const struct cli_command *command, struct strbuf *out)
{
	for (size_t i = 0; command->usage[i]; i++)
		strbuf_addf(out, "%s cprof %s %s\n", i ? "      " : "usage:",
			    command->name, command->usage[i]);
	strbuf_addf(out, "%s\n", command->summary);
}

/*
 * The label of the options from `opt` to the one that has a text, which
 * is returned: "-o, --output FILE", "    --tree, --bottom-up".
 */
static const struct opt *add_label(const struct opt *opt, struct strbuf *out)
{
	if (opt->short_name)
		strbuf_addf(out, "-%c, ", opt->short_name);
	else
		strbuf_add(out, "    ");
	for (;; opt++) {
		strbuf_addf(out, "--%s", opt->long_name);
		if (opt->arg_name)
			strbuf_addf(out, " %s", opt->arg_name);
		if (opt->help || !opt[1].long_name)
			return opt;
		strbuf_add(out, ", ");
	}
}

static size_t label_width(const struct opt *options)
{
	struct strbuf label = STRBUF_INIT;
	size_t width = 0;

	for (const struct opt *opt = options; opt->long_name; opt++) {
		strbuf_clear(&label);
		opt = add_label(opt, &label);
		if (label.len <= LABEL_MAX)
			width = MAX(width, label.len);
	}
	strbuf_release(&label);
	return width;
}

static void add_options(const struct opt *options, struct strbuf *out)
{
	const size_t width = label_width(options);
	struct strbuf label = STRBUF_INIT;

	for (const struct opt *opt = options; opt->long_name; opt++) {
		strbuf_clear(&label);
		opt = add_label(opt, &label);
		strbuf_addf(out, "  %-*s", (int)width, strbuf_text(&label));
		if (label.len > width) {
			strbuf_add_char(out, '\n');
			strbuf_add_repeat(out, ' ', width + 2);
		}
		strbuf_addf(out, "  %s\n", opt->help ? opt->help : "");
	}
	strbuf_release(&label);
}

void cli_help(const struct cli_command *command, struct strbuf *out)
{
	add_usage(command, out);
	if (command->options->long_name) {
		strbuf_add(out, "\noptions:\n");
		add_options(command->options, out);
	}
	if (!command->examples || !command->examples[0])
		return;
	strbuf_add(out, "\nexamples:\n");
	for (size_t i = 0; command->examples[i]; i++)
		strbuf_addf(out, "  %s\n", command->examples[i]);
}

static const char *help_text(const struct opt *opt)
{
	while (!opt->help && opt[1].long_name)
		opt++;
	return opt->help ? opt->help : "";
}

void cli_list_options(const struct cli_command *command, struct strbuf *out)
{
	for (const struct opt *opt = command->options; opt->long_name; opt++) {
		if (opt->short_name)
			strbuf_addf(out, "-%c", opt->short_name);
		strbuf_addf(out, "\t--%s\t%s\t%s\n", opt->long_name,
			    opt->arg_name ? opt->arg_name : "",
			    help_text(opt));
	}
}
