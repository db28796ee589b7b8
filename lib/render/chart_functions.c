/* SPDX-License-Identifier: MIT */
/* Bars of the heaviest functions (lines, modules, ...), and of the rest. */
#include "render/chart_kinds.h"

#include "base/units.h"
#include "render/chart_rows.h"
#include "render/name.h"

#include <math.h>

enum {
	SHOWN = 20,		/* when nobody says how many */
	ROW = 25
};

static const char *const rows_called[ROWS_BY_COUNT] = {
	[ROWS_BY_FUNCTION] = "functions",
	[ROWS_BY_LINE] = "lines",
	[ROWS_BY_FILE] = "files",
	[ROWS_BY_MODULE] = "modules",
	[ROWS_BY_THREAD] = "threads",
	[ROWS_BY_PROCESS] = "processes",
};

struct bars {
	struct chart *chart;
	struct rows rows;
	struct chart_rows lanes;
	size_t shown;
	uint64_t rest_ns;	/* self time of those that are not shown */
};

static void add_name(struct strbuf *out, const struct bars *bars,
		     const struct row *row)
{
	if (bars->chart->view->by == ROWS_BY_FUNCTION)
		name_add_without_place(out, row->name);
	else
		strbuf_add(out, row->name);
	if (row->state > STATE_RUNNABLE)
		strbuf_addf(out, " %s", thread_state_text(row->state));
}

/* Takes `name`. */
static void add_lane(struct bars *bars, char *name, uint64_t ns,
		     bool is_function, bool minor)
{
	struct strbuf value = STRBUF_INIT;

	if (ns)
		units_add_duration(&value, ns);
	else
		strbuf_add(&value, "\u2013");
	chart_rows_add(&bars->lanes, (struct chart_row){
		.name = name, .value = strbuf_take(&value),
		.share = ns ? chart_share(ns, bars->rows.total_ns) :
			 mem_strdup(""),
		.is_function = is_function, .minor = minor });
}

/* The heaviest, and one row for all others. */
static void add_rows(struct bars *bars, double height)
{
	const size_t count = bars->rows.rows.count;
	const bool by_function = bars->chart->view->by == ROWS_BY_FUNCTION;

	bars->shown = chart_rows_alone(bars->chart, count, SHOWN, height);
	for (size_t i = 0; i < count; i++) {
		const struct row *row = &bars->rows.rows.items[i];
		struct strbuf name = STRBUF_INIT;

		if (i >= bars->shown) {
			bars->rest_ns += row->self_ns;
			continue;
		}
		add_name(&name, bars, row);
		add_lane(bars, strbuf_take(&name), row->self_ns,
			 by_function && row->state <= STATE_RUNNABLE, false);
	}
	if (count > bars->shown)
		add_lane(bars, mem_printf("(%zu others)",
					  count - bars->shown),
			 bars->rest_ns, false, true);
}

static double largest(const struct bars *bars)
{
	uint64_t most = bars->rest_ns;

	for (size_t i = 0; i < bars->shown; i++)
		most = MAX(most, bars->rows.rows.items[i].total_ns);
	return most;
}

static void draw_bar(const struct bars *bars, const struct axis *axis,
		     size_t i, uint64_t ns, uint32_t colour)
{
	const double pad = bars->lanes.row * 0.14;

	canvas_rect(bars->chart->canvas, &(struct box){
		axis->start, chart_row_y(&bars->lanes, i) + pad,
		axis_at(axis, ns) - axis->start, bars->lanes.row - 2 * pad },
		colour);
}

static void draw_bars(const struct bars *bars, const struct axis *axis)
{
	const struct chart_theme *theme = bars->chart->theme;

	canvas_open_group(bars->chart->canvas, "bars", NULL);
	for (size_t i = 0; i < bars->shown; i++) {
		const struct row *row = &bars->rows.rows.items[i];

		draw_bar(bars, axis, i, row->total_ns, theme->bar);
		draw_bar(bars, axis, i, row->self_ns, theme->accent);
	}
	if (bars->lanes.rows.count > bars->shown)
		draw_bar(bars, axis, bars->shown, bars->rest_ns,
			 theme->special);
	canvas_close_group(bars->chart->canvas);
}

static void draw(struct bars *bars)
{
	struct chart *chart = bars->chart;
	struct box space = chart->area;
	struct axis axis;

	space.height = MAX(1.0, space.height - CHART_AXIS_HEIGHT);
	add_rows(bars, space.height);
	chart_rows_place(&bars->lanes, chart, &space, ROW * 1.6);
	axis = axis_of(AXIS_NS, largest(bars), bars->lanes.plot.x,
		       bars->lanes.plot.x + bars->lanes.plot.width, 90);
	chart_x_axis(chart, &axis, &bars->lanes.plot,
		     chart_clock_text(chart->view->clock));
	draw_bars(bars, &axis);
	chart_rows_label(&bars->lanes, chart);
}

static int functions_draw(struct chart *chart, struct error *err)
{
	const struct view *view = chart->view;
	struct bars bars = { .chart = chart };
	struct strbuf title = STRBUF_INIT;

	if (view->by == ROWS_BY_REGION)
		return chart_regions.draw(chart, err);

	rows_init(&bars.rows, view->profile, view->filter, view->spec,
		  view->clock, view->by);
	chart_add_legend(chart, LEGEND_BLOCK, chart->theme->accent,
			 "of its own (the value on the right)");
	chart_add_legend(chart, LEGEND_BLOCK, chart->theme->bar,
			 "with what it calls");
	strbuf_addf(&title, "%s by %s", rows_called[view->by],
		    chart_clock_text(view->clock));
	chart_begin(chart, strbuf_text(&title), CHART_AXIS_HEIGHT +
		    ROW * chart_rows_wanted(chart, bars.rows.rows.count,
					    SHOWN));
	draw(&bars);
	strbuf_release(&title);
	chart_rows_release(&bars.lanes);
	rows_release(&bars.rows);
	return 0;
}

const struct chart_kind chart_functions = {
	.name = "functions",
	.summary = "bars of the heaviest ones (--by, --top)",
	.draw = functions_draw,
};
