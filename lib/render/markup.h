/* SPDX-License-Identifier: MIT */
/* The one way for text from outside into markup of each kind. */
#ifndef CPROF_RENDER_MARKUP_H
#define CPROF_RENDER_MARKUP_H

#include "base/strbuf.h"

/*
 * For HTML and XML: an element, or an attribute in double quotes.  Shows
 * itself as escape_text() has it; what XML cannot hold does, too.
 */
void markup_add_text(struct strbuf *out, const char *text);

/*
 * For Markdown: a code span that may stand in a table, in which nothing is
 * markup, a link or a mention.
 */
void markup_add_code(struct strbuf *out, const char *text);

/* For Markdown: a sentence, in which nothing is markup or a mention. */
void markup_add_plain(struct strbuf *out, const char *text);

#endif
