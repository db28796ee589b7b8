/* SPDX-License-Identifier: MIT */
/* A profile as one HTML file that needs nothing else. */
#ifndef CPROF_RENDER_HTML_H
#define CPROF_RENDER_HTML_H

#include "base/strbuf.h"
#include "render/view.h"

struct html_options {
	bool embed_source;	/* the text of source files that can be read */
};

/*
 * Add the page.  The viewer in it is a script that the page's own policy
 * allows by its hash; nothing is loaded from anywhere.  Of the view, the
 * clock is what is shown first, and the filter holds for all of it.
 */
void html_page(struct strbuf *out, const struct view *view,
	       const struct html_options *options);

#endif
