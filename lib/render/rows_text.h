/* SPDX-License-Identifier: MIT */
#ifndef CPROF_RENDER_ROWS_TEXT_H
#define CPROF_RENDER_ROWS_TEXT_H

#include "render/text.h"
#include "render/view.h"

/* Add a table of the first view->top rows, and how many there are more. */
void rows_text(struct strbuf *out, const struct text_style *style,
	       const struct view *view, const struct rows *rows);

#endif
