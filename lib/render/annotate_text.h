/* SPDX-License-Identifier: MIT */
#ifndef CPROF_RENDER_ANNOTATE_TEXT_H
#define CPROF_RENDER_ANNOTATE_TEXT_H

#include "render/text.h"
#include "render/view.h"

/*
 * Add the source of the function with the time of each line.  A source
 * file that cannot be read is told; its lines appear as numbers then.
 */
int annotate_text(struct strbuf *out, const struct text_style *style,
		  const struct view *view, struct error *err);

#endif
