/* SPDX-License-Identifier: MIT */
/*
 * The forms in which a comparison is told.  One more is a file
 * compare_NAME.c and a line in compare_format.c.
 */
#ifndef CPROF_RENDER_COMPARE_FORMAT_H
#define CPROF_RENDER_COMPARE_FORMAT_H

#include "base/error.h"
#include "base/strbuf.h"
#include "compare/comparison.h"
#include "render/text.h"

#include <stdbool.h>

struct chart_request;

struct compare_look {
	struct text_style text;
	const struct chart_request *chart;	/* NULL: as usual */
};

struct compare_format {
	const char *name;	/* of -f: "markdown" */
	const char *summary;	/* one line for people */
	bool is_chart;		/* looks as compare_look.chart says */
	bool binary;		/* nothing for a terminal */
	/*
	 * Add all of it to `out`.  Only text, which looks as compare_look.text
	 * says, and charts need `look`.
	 */
	int (*write)(struct strbuf *out, const struct comparison *comparison,
		     const struct compare_look *look, struct error *err);
};

/* Ends with NULL. */
extern const struct compare_format *const compare_formats[];

/* NULL when there is none of that name. */
const struct compare_format *compare_format_find(const char *name);

#endif
