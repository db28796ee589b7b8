/* SPDX-License-Identifier: MIT */
#ifndef CPROF_RENDER_GAPS_TEXT_H
#define CPROF_RENDER_GAPS_TEXT_H

#include "render/text.h"
#include "render/view.h"

/* Modules that could be told better, and how; nothing when all is well. */
void gaps_text(struct strbuf *out, const struct text_style *style,
	       const struct view *view);

#endif
