/* SPDX-License-Identifier: MIT */
/*
 * Options are a table; the table is the help text, the completions, and
 * what the test of the man pages reads.
 */
#ifndef CPROF_CLI_OPT_H
#define CPROF_CLI_OPT_H

#include "base/error.h"
#include "base/strbuf.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

/* Parse `text` into `*value`; ERROR_USAGE says what would have worked. */
typedef int opt_parse_fn(const char *text, void *value, struct error *err);

/*
 * A NULL `help` puts the option on the line of the next one that has a
 * text, so that a family of options takes one line:
 *
 *	      --tree, --bottom-up      show the calls, from the top or ...
 */
struct opt {
	char short_name;	/* 0: long form only */
	const char *long_name;
	const char *arg_name;	/* NULL: the option takes no argument */
	const char *help;
	opt_parse_fn *parse;
	void *value;
};

VEC_DEFINE(string_vec, const char *);

opt_parse_fn opt_parse_string;		/* const char * */
opt_parse_fn opt_parse_flag;		/* bool; `text` is NULL */
opt_parse_fn opt_parse_u32;		/* uint32_t, above 0 */
opt_parse_fn opt_parse_duration_ns;	/* uint64_t, see base/units.h */
opt_parse_fn opt_parse_percent;		/* double, "2.5" or "2.5%" */
opt_parse_fn opt_parse_list;		/* struct string_vec, one a time */

/* The calls make the compiler check that `value` has the right type. */
static inline void *opt_string(const char **value) { return value; }
static inline void *opt_flag(bool *value) { return value; }
static inline void *opt_u32(uint32_t *value) { return value; }
static inline void *opt_u64(uint64_t *value) { return value; }
static inline void *opt_double(double *value) { return value; }
static inline void *opt_list(struct string_vec *value) { return value; }

#define OPT_STRING(s, l, a, v, h) \
	{ (s), (l), (a), (h), opt_parse_string, opt_string(v) }
#define OPT_FLAG(s, l, v, h) \
	{ (s), (l), NULL, (h), opt_parse_flag, opt_flag(v) }
#define OPT_U32(s, l, a, v, h) \
	{ (s), (l), (a), (h), opt_parse_u32, opt_u32(v) }
#define OPT_DURATION(s, l, v, h) \
	{ (s), (l), "TIME", (h), opt_parse_duration_ns, opt_u64(v) }
#define OPT_PERCENT(s, l, v, h) \
	{ (s), (l), "PERCENT", (h), opt_parse_percent, opt_double(v) }
/* May be given many times; each adds to the list. */
#define OPT_LIST(s, l, a, v, h) \
	{ (s), (l), (a), (h), opt_parse_list, opt_list(v) }
#define OPT_END { 0, NULL, NULL, NULL, NULL, NULL }

/*
 * The help text made of it fits 24 lines of 80 columns; a test of the
 * command line says so when it does not.
 */
struct cli_command {
	const char *name;		/* "record" */
	const char *summary;		/* one line, as in `cprof help` */
	const char *const *usage;	/* "[options] [--] COMMAND [ARG...]" */
	const struct opt *options;	/* ends with OPT_END */
	const char *const *examples;	/* two lines; NULL-terminated */
};

/*
 * Parse the options of `argv` (argv[0] is the command's name).  They end
 * at the first operand or behind "--".
 *
 * Returns the index of the first operand (argc when there is none); 0 when
 * `--help` or `-h` was given, with the text to print in `help`; -1
 * (ERROR_USAGE) otherwise, suggesting the nearest option for an unknown one.
 * `--list-options` (hidden) is like `--help`, for programs: a line for each
 * option, "-o<TAB>--output<TAB>FILE<TAB>its help"; fields may be empty.
 */
int cli_parse(const struct cli_command *command, int argc, char **argv,
	      struct strbuf *help, struct error *err);

/* The one of `names` (NULL-terminated) nearest to `word`, or NULL. */
const char *cli_nearest(const char *word, const char *const *names);

#endif
