/* SPDX-License-Identifier: MIT */
#include "render/chart_plot.h"

#include <math.h>

enum { LINE_GAP = 20 };		/* between the lines of a lane */

double chart_plot_most(const double *values, size_t count)
{
	double most = 0;

	for (size_t i = 0; i < count; i++) {
		if (values[i] > most)
			most = values[i];
	}
	return most;
}

static double or_zero(double value)
{
	return isnan(value) ? 0 : value;
}

void chart_plot_steps(struct chart *chart, const struct axis *axis,
		      const struct box *plot, const double *below,
		      const double *values, size_t count, uint32_t colour)
{
	const double width = plot->width / count;
	struct point *points = mem_calloc(4 * count, sizeof(*points));

	for (size_t i = 0; i < count; i++) {
		const double left = plot->x + i * width;
		const double base = axis_at(axis, below ? or_zero(below[i]) :
					    0);
		const double top = axis_at(axis, or_zero(values[i]));
		const size_t back = 4 * count - 1 - 2 * i;

		points[2 * i] = (struct point){ left, top };
		points[2 * i + 1] = (struct point){ left + width, top };
		points[back] = (struct point){ left, base };
		points[back - 1] = (struct point){ left + width, base };
	}
	canvas_polygon(chart->canvas, points, 4 * count, colour);
	free(points);
}

void chart_plot_line(struct chart *chart, const struct axis *axis,
		     const struct box *plot, const double *values,
		     size_t count, uint32_t colour)
{
	const double width = plot->width / count;
	struct point *points = mem_calloc(count, sizeof(*points));
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		if (isnan(values[i])) {
			canvas_line(chart->canvas, points, len, colour, 1.8);
			len = 0;
			continue;
		}
		points[len++] = (struct point){
			plot->x + (i + 0.5) * width,
			axis_at(axis, values[i]) };
	}
	canvas_line(chart->canvas, points, len, colour, 1.8);
	free(points);
}

void chart_plot_lane(struct chart *chart, const struct box *space,
		     const char *caption, enum axis_unit unit,
		     const double *values, size_t count, uint32_t colour)
{
	struct box plot = *space;
	struct strbuf text = STRBUF_INIT;
	struct axis axis;

	plot.y += CHART_CAPTION;
	plot.height -= CHART_CAPTION;
	axis = axis_round(unit, chart_plot_most(values, count),
			  plot.y + plot.height, plot.y, LINE_GAP);
	canvas_rect(chart->canvas, &plot, chart->theme->panel);
	chart_y_axis(chart, &axis, &plot);
	canvas_open_group(chart->canvas, "series", NULL);
	chart_plot_steps(chart, &axis, &plot, NULL, values, count, colour);
	canvas_close_group(chart->canvas);
	if (chart_fit_text(chart, &text, &chart_small, caption, plot.width))
		canvas_text(chart->canvas, plot.x, plot.y - 7, &chart_small,
			    chart->theme->dim, ANCHOR_START,
			    strbuf_text(&text));
	strbuf_release(&text);
}
