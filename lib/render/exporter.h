/* SPDX-License-Identifier: MIT */
/* Formats of other programs that a profile can be written in. */
#ifndef CPROF_RENDER_EXPORTER_H
#define CPROF_RENDER_EXPORTER_H

#include "base/error.h"
#include "base/strbuf.h"
#include "render/view.h"

#include <stdbool.h>

struct chart_request;

/*
 * What to export.  `view` has clock, filter, `by` and `top`; its kind and
 * how it folds do not matter: an export has everything.
 */
struct export_request {
	const struct view *view;
	bool weights;		/* collapsed: nanoseconds instead of counts */
	bool merge_threads;	/* no frame for the thread */
	bool embed_source;	/* html: with the text of source files */
	const struct chart_request *chart;	/* svg, png */
	struct strbuf *note;	/* to tell the user: what is left out */
};

struct exporter_ops {
	const char *name;		/* "speedscope" */
	/* Shell patterns of file names; NULL-terminated.  The longest wins. */
	const char *const *patterns;
	const char *summary;		/* who reads it; for the list */
	bool binary;			/* nothing for a terminal */
	bool is_chart;			/* needs export_request.chart */
	/* Add the whole file to `out`. */
	int (*write)(struct strbuf *out, const struct export_request *request,
		     struct error *err);
};

/* All formats, NULL-terminated; each is a file export_NAME.c. */
extern const struct exporter_ops *const exporters[];

/* The one of this name, or NULL. */
const struct exporter_ops *exporter_find(const char *name);

/* The one for a file of this name, or NULL; "x.json.gz" is as "x.json". */
const struct exporter_ops *exporter_for_path(const char *path);

#endif
