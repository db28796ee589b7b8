/* SPDX-License-Identifier: MIT */
/* What a subcommand is to main. */
#ifndef CPROF_CMD_COMMAND_H
#define CPROF_CMD_COMMAND_H

#include "base/error.h"
#include "cli/opt.h"

/* Returns an exit status >= 0, or -1 with `err`. */
typedef int command_fn(int argc, char **argv, struct error *err);

struct command {
	const char *name;
	command_fn *run;
	const char *summary;
	int trouble;	/* exit status when `run` returns -1; 0: the usual 2 */
};

/* All commands, in the order of help; ends with a NULL name. */
extern const struct command commands[];

/* NULL when there is none of that name. */
const struct command *command_find(const char *name);

/* Says that `name` is no command, and which is near.  Returns -1. */
int command_unknown(const char *name, struct error *err);

/* A command that is a word before others: "registry" in "registry list". */
struct command_group {
	const char *name;		/* "registry" */
	const char *summary;		/* one line, as in `cprof help` */
	const struct command *commands;	/* ends with a NULL name */
	const char *const *examples;	/* two lines; NULL-terminated */
};

/*
 * Run the command that argv[1] names, with the rest; without one, print
 * the help text of the group.  `--list-commands` (hidden) is for programs:
 * "list<TAB>what it does", a line each.  Returns as a command does.
 */
int command_group_run(const struct command_group *group, int argc,
		      char **argv, struct error *err);

/*
 * cli_parse() that prints the help text: returns the index of the first
 * operand, 0 when help was printed (return EXIT_SUCCESS then), -1 on error.
 */
int command_parse(const struct cli_command *command, int argc, char **argv,
		  struct error *err);

/* Print "name<TAB>text", for programs; in columns on a terminal. */
void command_list(const char *name, const char *text);

/* bool; ERROR_UNSUPPORTED in a build without debuginfod. */
opt_parse_fn command_parse_debuginfod;

#define OPT_DEBUGINFOD(v, h) \
	{ 0, "debuginfod", NULL, (h), command_parse_debuginfod, opt_flag(v) }

command_fn cmd_record;
command_fn cmd_report;
command_fn cmd_compare;
command_fn cmd_export;
command_fn cmd_gate;
command_fn cmd_inspect;
command_fn cmd_registry;
command_fn cmd_dump;
command_fn cmd_doctor;
command_fn cmd_help;

#endif
