/* SPDX-License-Identifier: MIT */
#ifndef CPROF_RENDER_REPORT_TEXT_H
#define CPROF_RENDER_REPORT_TEXT_H

#include "render/text.h"
#include "render/view.h"

/* The whole report as text.  -1 (ERROR_NOT_FOUND): see view_tree_init(). */
int report_text(struct strbuf *out, const struct text_style *style,
		const struct view *view, struct error *err);

#endif
