/* SPDX-License-Identifier: MIT */
/* What the words of `cprof report` mean. */
#ifndef CPROF_CMD_REPORT_OPTIONS_H
#define CPROF_CMD_REPORT_OPTIONS_H

#include "view_args.h"

struct report_args {
	int by;				/* enum rows_by; -1: not given */
	bool tree;
	bool bottom_up;
	const char *callers;
	const char *callees;
	const char *annotate;
	int view;			/* enum view_kind; -1: not given */
	struct view_args part;		/* what is looked at */
	uint32_t top;			/* 0: not given */
	double min_percent;		/* below 0: not given */
	bool all_frames;
	bool json;
	bool html;
	bool open;
	bool embed_source;
	bool no_pager;
	bool strict;
};

#define REPORT_ARGS_INIT { .by = -1, .view = -1, .min_percent = -1 }

/*
 * Parse; the index of the first operand, 0 when help was printed, or -1.
 * To be released in every case.
 */
int report_args_parse(struct report_args *args, int argc, char **argv,
		      struct error *err);
void report_args_release(struct report_args *args);

/* The view that was asked for; strings and lists are those of `args`. */
void report_args_view(const struct report_args *args, struct view *view,
		      struct filter_spec *spec);

#endif
