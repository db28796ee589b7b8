/* SPDX-License-Identifier: MIT */
#ifndef CPROF_RENDER_SUMMARY_TEXT_H
#define CPROF_RENDER_SUMMARY_TEXT_H

#include "render/text.h"
#include "render/view.h"

enum {
	SUMMARY_LABEL_WIDTH = 10
};

/* Add "Recorded  TEXT", wrapped; `text` is empty afterwards. */
void summary_add_line(struct strbuf *out, const struct text_style *style,
		      const char *label, struct strbuf *text);

/* What was recorded, how long it took, how good the samples are. */
void summary_text(struct strbuf *out, const struct text_style *style,
		  const struct view *view);

/* Unfinished and damaged files; nothing when all is well. */
void warnings_text(struct strbuf *out, const struct text_style *style,
		   const struct profile *profile);

/* Why a view has nothing to show. */
void empty_text(struct strbuf *out, const struct text_style *style,
		const struct view *view);

#endif
