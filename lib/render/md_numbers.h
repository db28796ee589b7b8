/* SPDX-License-Identifier: MIT */
/* What a summary in Markdown tells besides samples. */
#ifndef CPROF_RENDER_MD_NUMBERS_H
#define CPROF_RENDER_MD_NUMBERS_H

#include "render/view.h"

/* Add a table of the regions, or nothing where there are none. */
void md_add_regions(struct strbuf *out, const struct view *view);

/* Add tables of memory, counters, and resources, likewise. */
void md_add_metrics(struct strbuf *out, const struct view *view);

#endif
