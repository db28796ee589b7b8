/* SPDX-License-Identifier: MIT */
/* What is made of a table of options. */
#ifndef CPROF_CLI_HELP_H
#define CPROF_CLI_HELP_H

#include "cli/opt.h"

/* Add the short help of `command`: usage, options, examples. */
void cli_help(const struct cli_command *command, struct strbuf *out);

/* Add a line for each option, for programs: see cli_parse(). */
void cli_list_options(const struct cli_command *command, struct strbuf *out);

#endif
