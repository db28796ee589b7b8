/* SPDX-License-Identifier: MIT */
/* What the viewer of a page reads: one JSON text. */
#ifndef CPROF_RENDER_HTML_DATA_H
#define CPROF_RENDER_HTML_DATA_H

#include "base/strbuf.h"
#include "render/html.h"

/*
 * Add the data as JSON.  Tables are columns of whole numbers; names are
 * elements of arrays, never keys.
 */
void html_data(struct strbuf *out, const struct view *view,
	       const struct html_options *options);

#endif
