/* SPDX-License-Identifier: MIT */
/* A filter in words. */
#ifndef CPROF_RENDER_FILTER_TEXT_H
#define CPROF_RENDER_FILTER_TEXT_H

#include "profile/filter.h"
#include "render/text.h"

/* "from 1 s to 2 s, thread main or 'w*'"; nothing for an empty one. */
void filter_text_add(struct strbuf *out, const struct text_style *style,
		     const struct filter_spec *spec);

#endif
