/* SPDX-License-Identifier: MIT */
/* The viewer: scripts and styles of lib/render/assets, built in. */
#ifndef CPROF_RENDER_HTML_ASSETS_H
#define CPROF_RENDER_HTML_ASSETS_H

#include "base/strbuf.h"

enum html_page_kind {
	HTML_REPORT,		/* one profile */
	HTML_DIFFERENCE,	/* two sides, compared */
	HTML_PAGE_COUNT
};

/* Add all scripts of a page, as one; and all styles. */
void html_assets_script(struct strbuf *out, enum html_page_kind page);
void html_assets_style(struct strbuf *out, enum html_page_kind page);

#endif
