/* SPDX-License-Identifier: MIT */
/* What several kinds of chart draw alike: fitted texts, axes. */
#include "render/chart.h"

#include "base/escape.h"
#include "render/name.h"
#include "render/text.h"

#include <math.h>

enum {
	FIT_MIN = 3,		/* columns; less than that tells nothing */
	FIT_MAX = 400,
	LABEL_GAP = 6,		/* between labels of an axis */
	HATCH_STEP = 6		/* between the lines of a hatched box */
};

const struct font chart_plain = { .size = 12 };
const struct font chart_small = { .size = 11 };

static const struct text_style columns_style = { .utf8 = true };

double chart_middle(double y, double height, const struct font *font)
{
	return y + height / 2 + font->size * 0.36;
}

/* A line from the bottom (or the top) at `x`, as much of it as is inside. */
static void hatch_line(struct chart *chart, const struct box *box, double x,
		       bool rising, uint32_t colour)
{
	const double from = MAX(x, box->x);
	const double to = MIN(x + box->height, box->x + box->width);
	const double foot = rising ? box->y + box->height : box->y;
	const double turn = rising ? -1 : 1;
	const struct point ends[] = {
		{ from, foot + turn * (from - x) },
		{ to, foot + turn * (to - x) },
	};

	if (from < to)
		canvas_line(chart->canvas, ends, 2, colour, 1);
}

void chart_hatch(struct chart *chart, const struct box *box, bool rising,
		 uint32_t colour)
{
	const double end = box->x + box->width;
	/* In step in all boxes, so that neighbours look alike. */
	double x = floor((box->x - box->height) / HATCH_STEP) * HATCH_STEP;

	for (; x < end; x += HATCH_STEP)
		hatch_line(chart, box, x, rising, colour);
}

typedef void shorten_fn(struct strbuf *out, const struct text_style *style,
			const char *text, size_t width);

/* Ever fewer columns, until it is as narrow as wanted. */
static bool fit(const struct chart *chart, struct strbuf *out,
		const struct font *font, const char *text, double width,
		shorten_fn *shorten)
{
	const size_t before = out->len;
	/* The narrowest letters are about a quarter as wide as high. */
	size_t columns = MIN(MAX(width, 0) / (font->size * 0.25),
			     (double)FIT_MAX);

	while (columns >= FIT_MIN) {
		double is;

		shorten(out, &columns_style, text, columns);
		is = canvas_text_width(chart->canvas, font,
				       strbuf_text(out) + before);
		if (is <= width)
			return true;
		out->text[out->len = before] = '\0';
		columns = MIN(columns - 1, columns * width / is);
	}
	return false;
}

static void cut_end(struct strbuf *out, const struct text_style *style,
		    const char *text, size_t width)
{
	struct strbuf safe = STRBUF_INIT;

	escape_text(&safe, text);
	text_add_cut_end(out, style, strbuf_text(&safe), width);
	strbuf_release(&safe);
}

bool chart_fit_text(const struct chart *chart, struct strbuf *out,
		    const struct font *font, const char *text, double width)
{
	return fit(chart, out, font, text, width, cut_end);
}

bool chart_fit_function(const struct chart *chart, struct strbuf *out,
			const struct font *font, const char *name,
			double width)
{
	return fit(chart, out, font, name, width, name_add_function);
}

/* Whole pixels make sharp lines. */
static double sharp(double at)
{
	return floor(at) + 0.5;
}

static void line(struct chart *chart, double x1, double y1, double x2,
		 double y2)
{
	const struct point ends[] = { { x1, y1 }, { x2, y2 } };

	canvas_line(chart->canvas, ends, 2, chart->theme->line, 1);
}

/* The label below its line, but never outside of the picture. */
static double x_label(struct chart *chart, const struct axis *axis, size_t i,
		      double y, double after)
{
	struct strbuf text = STRBUF_INIT;
	double x, width;

	axis_label(&text, axis, i * axis->step);
	width = canvas_text_width(chart->canvas, &chart_small,
				  strbuf_text(&text));
	x = axis_at(axis, i * axis->step) - width / 2;
	x = MAX(2.0, MIN(x, chart->width - width - 2));
	if (x >= after) {
		canvas_text(chart->canvas, x, y, &chart_small,
			    chart->theme->dim, ANCHOR_START,
			    strbuf_text(&text));
		after = x + width + LABEL_GAP;
	}
	strbuf_release(&text);
	return after;
}

void chart_x_axis(struct chart *chart, const struct axis *axis,
		  const struct box *plot, const char *title)
{
	const double bottom = plot->y + plot->height;
	struct strbuf text = STRBUF_INIT;
	double after = 0;

	canvas_open_group(chart->canvas, "axis", NULL);
	for (size_t i = 0; i < axis_count(axis); i++) {
		const double x = sharp(axis_at(axis, i * axis->step));

		line(chart, x, plot->y, x, bottom + 4);
		after = x_label(chart, axis, i, bottom + 16, after);
	}
	line(chart, plot->x, sharp(bottom), plot->x + plot->width,
	     sharp(bottom));
	if (title && chart_fit_text(chart, &text, &chart_small, title,
				    plot->width))
		canvas_text(chart->canvas, plot->x + plot->width, bottom + 30,
			    &chart_small, chart->theme->dim, ANCHOR_END,
			    strbuf_text(&text));
	canvas_close_group(chart->canvas);
	strbuf_release(&text);
}

void chart_y_axis(struct chart *chart, const struct axis *axis,
		  const struct box *plot)
{
	struct strbuf text = STRBUF_INIT;

	canvas_open_group(chart->canvas, "axis", NULL);
	for (size_t i = 0; i < axis_count(axis); i++) {
		const double y = sharp(axis_at(axis, i * axis->step));

		line(chart, plot->x, y, plot->x + plot->width, y);
		strbuf_clear(&text);
		axis_label(&text, axis, i * axis->step);
		canvas_text(chart->canvas, plot->x - LABEL_GAP,
			    chart_middle(y - 0.5, 0, &chart_small),
			    &chart_small, chart->theme->dim, ANCHOR_END,
			    strbuf_text(&text));
	}
	canvas_close_group(chart->canvas);
	strbuf_release(&text);
}
