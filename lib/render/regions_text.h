/* SPDX-License-Identifier: MIT */
/* The table of --by region. */
#ifndef CPROF_RENDER_REGIONS_TEXT_H
#define CPROF_RENDER_REGIONS_TEXT_H

#include "render/text.h"
#include "render/view.h"

void regions_text(struct strbuf *out, const struct text_style *style,
		  const struct view *view);

/* The first table of it, with few rows; nothing when there are none. */
void regions_text_short(struct strbuf *out, const struct text_style *style,
			const struct view *view);

#endif
