/* SPDX-License-Identifier: MIT */
/* How pictures look, as options of commands that draw them say it. */
#ifndef CPROF_CMD_CHART_ARGS_H
#define CPROF_CMD_CHART_ARGS_H

#include "cli/opt.h"
#include "render/chart.h"

/* Options for a struct chart_request; `text` is their line of --help. */
#define CHART_OPTIONS(request, text)					\
	{ 0, "theme", "THEME", NULL, chart_parse_theme,			\
	  &(request)->theme },						\
	OPT_U32(0, "width", "PX", &(request)->width, NULL),		\
	OPT_U32(0, "height", "PX", &(request)->height, text)

opt_parse_fn chart_parse_theme;

/*
 * Can it be drawn?  A `format` that is no chart has no looks, either.
 * -1 (ERROR_USAGE) when not.
 */
int chart_args_check(const struct chart_request *request, const char *format,
		     bool is_chart, struct error *err);

/* Fill in what was not said. */
void chart_args_complete(struct chart_request *request);

/* -1 (ERROR_USAGE) when a binary `format` would go to a terminal. */
int chart_args_check_output(const char *format, bool binary,
			    const char *output, struct error *err);

#endif
