/* SPDX-License-Identifier: MIT */
/* Lines of the summary that tell of the runs. */
#ifndef CPROF_RENDER_RUNS_TEXT_H
#define CPROF_RENDER_RUNS_TEXT_H

#include "render/text.h"
#include "render/view.h"

/* What was recorded, when and where, how many runs; there is at least one. */
void runs_text(struct strbuf *out, const struct text_style *style,
	       const struct view *view);

/* How the runs ended, unless well. */
void ended_text(struct strbuf *out, const struct text_style *style,
		const struct profile *profile);

#endif
