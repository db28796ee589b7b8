/* SPDX-License-Identifier: MIT */
/* Rows and columns, fitted to the width of the output. */
#ifndef CPROF_RENDER_TABLE_H
#define CPROF_RENDER_TABLE_H

#include "base/arena.h"
#include "base/vec.h"
#include "render/text.h"

enum table_kind {
	COLUMN_NUMBER,		/* to the right; never cut */
	COLUMN_FUNCTION,	/* a function's name; shortened, see name.h */
	COLUMN_PATH,		/* keeps its end */
	COLUMN_PLACE,		/* "file.c:12": keeps both ends */
	COLUMN_TEXT		/* keeps its start */
};

struct table_column {
	const char *title;
	enum table_kind kind;
	/* Columns that may shrink do so down to this, the last ones first. */
	size_t min_width;
};

struct table_cell {
	const char *text;	/* from outside: escaped when printed */
	enum text_tone tone;
};

VEC_DEFINE(table_cell_vec, struct table_cell);

/* Fill it row by row with table_add(), then print. */
struct table {
	const struct table_column *columns;
	size_t column_count;
	struct table_cell_vec cells;
	struct arena arena;	/* holds the texts */
};

struct table table_of(const struct table_column *columns, size_t count);
void table_release(struct table *table);

/* The next cell of the row; `text` is copied. */
void table_add(struct table *table, enum text_tone tone, const char *text);

/* The same for the text in `text`, which is emptied. */
void table_take(struct table *table, enum text_tone tone, struct strbuf *text);

/* Add the titles and all rows, as wide as `style` allows. */
void table_print(struct strbuf *out, const struct text_style *style,
		 const struct table *table);

#endif
