/* SPDX-License-Identifier: MIT */
/* What the words of `cprof compare` mean. */
#ifndef CPROF_CMD_COMPARE_ARGS_H
#define CPROF_CMD_COMPARE_ARGS_H

#include "chart_args.h"
#include "compare/options.h"
#include "view_args.h"

VEC_DEFINE(rename_vec, struct rename);

struct compare_args {
	struct string_vec sides[SIDE_COUNT];	/* operands */
	double threshold_percent;
	double single_run_percent;
	double min_improvement_percent;
	const char *metric;
	const char *region;
	struct rename_vec renames;
	struct arena arena;		/* holds names of the renames */
	bool force;
	bool allow_inconclusive;
	const char *format;
	const char *output;
	const char *source_root;
	bool list;
	bool no_pager;
	int by;				/* enum rows_by */
	uint32_t top;
	struct chart_request chart;	/* of pictures */
	struct view_args part;		/* what of the code is looked at */
};

#define COMPARE_ARGS_INIT {						\
	.threshold_percent = 2,						\
	.single_run_percent = SINGLE_RUN_PERCENT,			\
	.min_improvement_percent = 10, .metric = "wall", .output = "-"	\
}

/*
 * Parse; the index of the first operand, 0 when help was printed, or -1.
 * Both sides are in `args->sides` then, unless a list of formats is all that
 * is wanted.  To be released in every case.
 */
int compare_args_parse(struct compare_args *args, int argc, char **argv,
		       struct error *err);
void compare_args_release(struct compare_args *args);

#endif
