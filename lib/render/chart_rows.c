/* SPDX-License-Identifier: MIT */
#include "render/chart_rows.h"

#include <math.h>

enum { ROW_MIN = 15, GAP = 8 };

/* Names may take so much of the width. */
#define NAME_SHARE 0.36

void chart_rows_add(struct chart_rows *rows, struct chart_row row)
{
	chart_row_vec_push(&rows->rows, row);
}

char *chart_share(uint64_t part, uint64_t whole)
{
	return mem_printf("%.1f%%", whole ? 100.0 * part / whole : 0.0);
}

size_t chart_rows_that_fit(double height)
{
	return MAX(1.0, height / ROW_MIN);
}

size_t chart_rows_alone(const struct chart *chart, size_t count, size_t usual,
			double height)
{
	const size_t most = chart->view->top ? chart->view->top : usual;
	const size_t fit = chart_rows_that_fit(height);

	if (count <= MIN(most, fit))
		return count;
	return MIN(most, fit - (fit > 1));
}

size_t chart_rows_wanted(const struct chart *chart, size_t count,
			 size_t usual)
{
	const size_t most = chart->view->top ? chart->view->top : usual;

	return count > most ? most + 1 : MAX(count, (size_t)1);
}

static bool fit_name(const struct chart_row *row, const struct chart *chart,
		     struct strbuf *out, double width)
{
	return row->is_function ?
	       chart_fit_function(chart, out, &chart_plain, row->name,
				  width) :
	       chart_fit_text(chart, out, &chart_plain, row->name, width);
}

static double names_width(const struct chart_rows *rows,
			  const struct chart *chart, double most)
{
	struct strbuf text = STRBUF_INIT;
	double widest = 0;

	for (size_t i = 0; i < rows->rows.count; i++) {
		strbuf_clear(&text);
		if (fit_name(&rows->rows.items[i], chart, &text, most))
			widest = MAX(widest, canvas_text_width(
				chart->canvas, &chart_plain,
				strbuf_text(&text)));
	}
	strbuf_release(&text);
	return widest;
}

static double column_width(const struct chart *chart, const char *text,
			   double before)
{
	if (!text)
		return before;
	return MAX(before, GAP + canvas_text_width(chart->canvas,
						   &chart_plain, text));
}

void chart_rows_place(struct chart_rows *rows, const struct chart *chart,
		      const struct box *space, double wanted)
{
	const double most = space->width * NAME_SHARE;
	const double names = names_width(rows, chart, most) + GAP;
	double values = 0;
	double shares = 0;

	for (size_t i = 0; i < rows->rows.count; i++) {
		const struct chart_row *row = &rows->rows.items[i];

		values = column_width(chart, row->value, values);
		shares = column_width(chart, row->share, shares);
	}
	/* In a narrow picture the bars tell it all. */
	if (names + values + shares > space->width * 0.7)
		values = shares = 0;
	rows->plot = *space;
	rows->plot.x += names;
	rows->plot.width -= names + values + shares;
	rows->values_end = rows->plot.x + rows->plot.width + values;
	rows->row = MIN(wanted, space->height / MAX(rows->rows.count,
						    (size_t)1));
	rows->plot.height = rows->row * rows->rows.count;
}

double chart_row_y(const struct chart_rows *rows, size_t i)
{
	return rows->plot.y + i * rows->row;
}

/* Where there was no room for the column, it has no width. */
static void column(struct chart *chart, double start, double end, double y,
		   uint32_t ink, const char *text)
{
	if (text && end > start + GAP)
		canvas_text(chart->canvas, end, y, &chart_plain, ink,
			    ANCHOR_END, text);
}

static void label(const struct chart_rows *rows, struct chart *chart,
		  size_t i)
{
	const struct chart_row *row = &rows->rows.items[i];
	const double y = chart_middle(chart_row_y(rows, i), rows->row,
				      &chart_plain);
	const uint32_t ink = row->minor ? chart->theme->dim :
			     chart->theme->ink;
	const struct box *plot = &rows->plot;
	struct strbuf text = STRBUF_INIT;

	canvas_open_group(chart->canvas, "row", NULL);
	if (fit_name(row, chart, &text, plot->x - GAP - chart->area.x + 0.01))
		canvas_text(chart->canvas, plot->x - GAP, y, &chart_plain,
			    ink, ANCHOR_END, strbuf_text(&text));
	column(chart, plot->x + plot->width, rows->values_end, y, ink,
	       row->value);
	column(chart, rows->values_end, chart->area.x + chart->area.width, y,
	       ink, row->share);
	canvas_close_group(chart->canvas);
	strbuf_release(&text);
}

void chart_rows_label(const struct chart_rows *rows, struct chart *chart)
{
	/* Lower than its letters, a row has no name. */
	if (rows->row < chart_plain.size)
		return;
	for (size_t i = 0; i < rows->rows.count; i++)
		label(rows, chart, i);
}

void chart_rows_release(struct chart_rows *rows)
{
	for (size_t i = 0; i < rows->rows.count; i++) {
		free(rows->rows.items[i].name);
		free(rows->rows.items[i].value);
		free(rows->rows.items[i].share);
	}
	chart_row_vec_release(&rows->rows);
}
