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

struct compare_format {
	const char *name;	/* of -f: "markdown" */
	const char *summary;	/* one line for people */
	/* Add all of it to `out`; the style is for terminals. */
	int (*write)(struct strbuf *out, const struct comparison *comparison,
		     const struct text_style *style, struct error *err);
};

/* Ends with NULL. */
extern const struct compare_format *const compare_formats[];

/* NULL when there is none of that name. */
const struct compare_format *compare_format_find(const char *name);

#endif
