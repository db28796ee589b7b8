/* SPDX-License-Identifier: MIT */
/* Text for a terminal, a pipe or a file: how wide, with which characters. */
#ifndef CPROF_RENDER_TEXT_H
#define CPROF_RENDER_TEXT_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

struct text_style {
	size_t width;		/* columns of a line */
	bool utf8;		/* else ASCII only */
	bool colour;
};

enum {
	TEXT_WIDTH_PIPE = 100,	/* when nobody says how wide */
	TEXT_WIDTH_MIN = 60,
	TEXT_WIDTH_MAX = 1000
};

/*
 * For what is written to `fd`: COLUMNS, else the terminal's width, else
 * TEXT_WIDTH_PIPE; UTF-8 when the locale is; colour on a terminal that is
 * not dumb, without NO_COLOR.
 */
struct text_style text_style_of(int fd);

enum text_tone {
	TONE_PLAIN,
	TONE_TITLE,
	TONE_DIM,		/* lines of trees, places */
	TONE_COOL,		/* a small share */
	TONE_WARM,
	TONE_HOT,		/* a large share */
	TONE_WARNING
};

/* The tone for a share of `part` in `whole`. */
enum text_tone tone_of_share(uint64_t part, uint64_t whole);

/* Add `text` as it stands, in a tone. */
void text_add(struct strbuf *out, const struct text_style *style,
	      enum text_tone tone, const char *text);

/* "…" or "..."; and how many columns that takes. */
const char *text_ellipsis(const struct text_style *style);
size_t text_ellipsis_width(const struct text_style *style);

/*
 * Add `text`, which comes from outside: escaped, and outside UTF-8 only
 * ASCII.
 */
void text_add_foreign(struct strbuf *out, const struct text_style *style,
		      const char *text);

/* Bytes at the start of `text` that take at most `width` columns. */
size_t text_fit(const char *text, size_t width);

/* Cut `text` (safe already) to `width` columns, keeping one end or both. */
void text_add_cut_end(struct strbuf *out, const struct text_style *style,
		      const char *text, size_t width);
void text_add_cut_start(struct strbuf *out, const struct text_style *style,
			const char *text, size_t width);
void text_add_cut_middle(struct strbuf *out, const struct text_style *style,
			 const char *text, size_t width);

/*
 * Add `text` broken at blanks, each further line indented by `indent`;
 * `used` columns of the first one are taken.  A newline ends it.
 */
void text_add_wrapped(struct strbuf *out, const struct text_style *style,
		      const char *text, size_t used, size_t indent);

/* One unit for all times of a view, so that columns can be compared. */
struct time_unit {
	const char *name;	/* "s", "ms", "us" */
	uint64_t ns;
	int decimals;
};

struct time_unit time_unit_for(uint64_t largest_ns);
void time_unit_add(struct strbuf *out, const struct time_unit *unit,
		   uint64_t ns);

/* "12.3%"; "-" when `whole` is 0. */
void percent_add(struct strbuf *out, uint64_t part, uint64_t whole);

#endif
