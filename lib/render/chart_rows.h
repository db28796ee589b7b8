/* SPDX-License-Identifier: MIT */
/*
 * Rows of a chart: a name on the left, what is drawn of it, and perhaps a
 * value on the right.
 */
#ifndef CPROF_RENDER_CHART_ROWS_H
#define CPROF_RENDER_CHART_ROWS_H

#include "render/chart.h"

struct chart_row {
	char *name;		/* from outside, not escaped */
	char *value;		/* or NULL */
	char *share;		/* in a column of its own; or NULL */
	bool is_function;
	bool minor;		/* less than the others: dim */
};

VEC_DEFINE(chart_row_vec, struct chart_row);

struct chart_rows {
	struct chart_row_vec rows;
	struct box plot;	/* between names and values */
	double values_end;	/* where values end, on the right */
	double row;		/* height of one */
};

/* Takes the strings of `row`. */
void chart_rows_add(struct chart_rows *rows, struct chart_row row);

/* "12.3%", for the caller to free(). */
char *chart_share(uint64_t part, uint64_t whole);

/* How many rows there can be in `height`. */
size_t chart_rows_that_fit(double height);

/*
 * Of `count` rows in `height`, how many have one of their own; when not all
 * do, there is room for one more.  The view says how many, or `usual`.
 */
size_t chart_rows_alone(const struct chart *chart, size_t count, size_t usual,
			double height);

/* The rows that there will be, when there is room for all. */
size_t chart_rows_wanted(const struct chart *chart, size_t count,
			 size_t usual);

/* Rows as high as `wanted` at most, in `space`. */
void chart_rows_place(struct chart_rows *rows, const struct chart *chart,
		      const struct box *space, double wanted);

/* The upper end of row `i`. */
double chart_row_y(const struct chart_rows *rows, size_t i);

/* Write names and values. */
void chart_rows_label(const struct chart_rows *rows, struct chart *chart);

void chart_rows_release(struct chart_rows *rows);

#endif
