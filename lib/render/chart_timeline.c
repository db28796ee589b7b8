/* SPDX-License-Identifier: MIT */
/*
 * CPU use and memory over time, and below them each thread: running, or
 * waiting and for what.
 */
#include "render/chart_kinds.h"

#include "base/units.h"
#include "profile/rows.h"
#include "render/chart_plot.h"
#include "render/chart_rows.h"
#include "render/chart_series.h"
#include "render/chart_states.h"

#include <math.h>

enum {
	SHOWN = 24,
	ROW = 24,
	ROW_MOST = 38,
	SERIES_HEIGHT = 80 + CHART_CAPTION,	/* cores, memory */
	SERIES_MIN = 30 + CHART_CAPTION, /* less tells nothing */
	GAP = 16,
	SLOT = 2		/* units that a slot is wide */
};

struct lanes {
	struct chart *chart;
	struct thread_sum_vec sums;
	size_t shown;
	struct chart_rows rows;
	struct chart_slots slots;
	uint32_t *lane_of;	/* by thread id: lane + 1; 0: none */
	double *states;		/* share of a slot, by lane, slot, state */
	double *cores;		/* by slot */
	const char *metric;	/* that is shown besides them */
	struct chart_series_vec series;
	uint8_t order[STATE_COUNT];
};

static double *at(const struct lanes *lanes, size_t lane, size_t slot)
{
	return &lanes->states[(lane * lanes->slots.count + slot) *
			      STATE_COUNT];
}

/* Of the busiest threads, those that began first stand first. */
static int earlier(const void *a, const void *b, void *context)
{
	const struct profile *profile = context;
	const struct thread_sum *x = a, *y = b;
	const uint64_t p = profile->threads.items[x->thread].begin.start_ns;
	const uint64_t q = profile->threads.items[y->thread].begin.start_ns;

	if (p != q)
		return p < q ? -1 : 1;
	return (x->thread > y->thread) - (x->thread < y->thread);
}

static void choose(struct lanes *lanes, double height)
{
	const struct profile *profile = lanes->chart->view->profile;

	lanes->shown = MIN(lanes->shown, chart_rows_that_fit(height));
	lanes->lane_of = mem_calloc(profile->threads.count + 1,
				    sizeof(*lanes->lane_of));
	if (lanes->shown)
		qsort_r(lanes->sums.items, lanes->shown,
			sizeof(*lanes->sums.items), earlier, (void *)profile);
	for (size_t i = 0; i < lanes->shown; i++) {
		const struct thread_sum *sum = &lanes->sums.items[i];
		struct strbuf name = STRBUF_INIT;

		rows_add_thread(&name, profile, sum->thread);
		chart_rows_add(&lanes->rows, (struct chart_row){
			.name = strbuf_take(&name) });
		lanes->lane_of[sum->thread] = i + 1;
	}
}

static void add_sample(void *context, const struct sample *sample, size_t slot,
		       double share)
{
	struct lanes *lanes = context;
	const uint32_t lane = lanes->lane_of[sample->thread];
	const double slot_ns = chart_slot_ns(&lanes->slots);

	lanes->cores[slot] += sample->cpu_ns * share / slot_ns;
	if (lane)
		at(lanes, lane - 1, slot)[sample->state] +=
			sample->wall_ns * share / slot_ns;
}

/* A thin line for what is waited for most, and bars for the rest. */
static void draw_slot(const struct lanes *lanes, size_t lane, double x,
		      double width, const double *shares)
{
	struct canvas *canvas = lanes->chart->canvas;
	const struct chart_theme *theme = lanes->chart->theme;
	const double height = lanes->rows.row * 0.76;
	const double bottom = chart_row_y(&lanes->rows, lane) +
			      lanes->rows.row * 0.88;
	const double run = height * MIN(1.0, shares[STATE_RUNNING]);
	const double want = MIN(height - run, height *
				shares[STATE_RUNNABLE]);
	int longest = STATE_RUNNABLE + 1;

	for (int i = longest; i < STATE_COUNT; i++)
		longest = shares[i] > shares[longest] ? i : longest;
	if (shares[longest] > 0.02)
		canvas_rect(canvas, &(struct box){
			x, bottom - height * 0.22, width, height * 0.22 },
			theme->states[longest]);
	canvas_rect(canvas, &(struct box){
		x, bottom - run - want, width, want },
		theme->states[STATE_RUNNABLE]);
	canvas_rect(canvas, &(struct box){ x, bottom - run, width, run },
		    theme->states[STATE_RUNNING]);
}

/* What looks the same need not be drawn twice. */
static bool alike(const double *a, const double *b)
{
	for (int i = 0; i < STATE_COUNT; i++) {
		if (fabs(a[i] - b[i]) > 0.01)
			return false;
	}
	return true;
}

static void draw_lane(const struct lanes *lanes, size_t lane)
{
	const double width = lanes->rows.plot.width / lanes->slots.count;
	size_t from = 0;

	for (size_t i = 1; i <= lanes->slots.count; i++) {
		if (i < lanes->slots.count &&
		    alike(at(lanes, lane, from), at(lanes, lane, i)))
			continue;
		draw_slot(lanes, lane, lanes->rows.plot.x + from * width,
			  (i - from) * width, at(lanes, lane, from));
		from = i;
	}
}

/* The sum over all that have the metric. */
static double *sum_series(const struct lanes *lanes)
{
	double *sum = mem_calloc(lanes->slots.count, sizeof(*sum));

	for (size_t i = 0; i < lanes->series.count; i++) {
		double *one = chart_series_slots(&lanes->series.items[i],
						 &lanes->slots, NULL);

		for (size_t j = 0; j < lanes->slots.count; j++)
			sum[j] += isnan(one[j]) ? 0 : one[j];
		free(one);
	}
	return sum;
}

static void draw_metric(const struct lanes *lanes, const struct box *space)
{
	struct chart *chart = lanes->chart;
	const struct chart_series *series = &lanes->series.items[0];
	double *values = sum_series(lanes);
	struct strbuf caption = STRBUF_INIT;

	if (lanes->metric == chart->request->metric)
		strbuf_addf(&caption, "%s %s", lanes->metric,
			    chart_series_unit_text(series));
	else
		strbuf_add(&caption, "resident memory");
	chart_plot_lane(chart, space, strbuf_text(&caption),
			chart_series_unit(series), values,
			lanes->slots.count, chart->theme->modules[2]);
	strbuf_release(&caption);
	free(values);
}

/* `height` for each of them. */
static void draw_series(const struct lanes *lanes, double height)
{
	struct chart *chart = lanes->chart;
	struct box space = lanes->rows.plot;

	space.y = chart->area.y;
	space.height = height - GAP;
	chart_plot_lane(chart, &space, "cores in use", AXIS_NUMBER,
			lanes->cores, lanes->slots.count,
			chart->theme->states[STATE_RUNNING]);
	if (!lanes->series.count)
		return;
	space.y += height;
	draw_metric(lanes, &space);
}

static void fill(struct lanes *lanes)
{
	const double slots = lanes->rows.plot.width / SLOT;
	struct shapes shapes;

	lanes->slots = chart_slots_of(lanes->chart->view, MAX(1.0, slots));
	lanes->states = mem_calloc((lanes->shown + 1) * lanes->slots.count,
				   STATE_COUNT * sizeof(*lanes->states));
	lanes->cores = mem_calloc(lanes->slots.count,
				  sizeof(*lanes->cores));
	shapes_init(&shapes, lanes->chart->view->profile);
	chart_slots_spread_all(&lanes->slots, &shapes, add_sample, lanes);
	shapes_release(&shapes);
}

static void draw(struct lanes *lanes)
{
	struct chart *chart = lanes->chart;
	struct box space = chart->area;
	const size_t count = 1 + (lanes->series.count > 0);
	/* Half of it, or what few threads leave. */
	const double room = MAX(space.height * 0.5, space.height -
				CHART_AXIS_HEIGHT -
				(double)ROW_MOST * lanes->shown);
	double series = MIN((double)SERIES_HEIGHT + GAP, room / count);
	struct axis axis;

	if (series < SERIES_MIN + GAP)
		series = 0;
	space.y += series * count;
	space.height = MAX(1.0, space.height - series * count -
			   CHART_AXIS_HEIGHT);
	choose(lanes, space.height);
	chart_rows_place(&lanes->rows, chart, &space, ROW_MOST);
	fill(lanes);
	axis = axis_of(AXIS_NS, lanes->slots.to_ns - lanes->slots.from_ns,
		       lanes->rows.plot.x,
		       lanes->rows.plot.x + lanes->rows.plot.width, 90);
	chart_x_axis(chart, &axis, &lanes->rows.plot,
		     chart_slots_title(&lanes->slots));
	canvas_open_group(chart->canvas, "lanes", NULL);
	for (size_t i = 0; i < lanes->shown; i++)
		draw_lane(lanes, i);
	canvas_close_group(chart->canvas);
	chart_rows_label(&lanes->rows, chart);
	if (series > 0)
		draw_series(lanes, series);
}

/* The busiest are shown; that there are more is said. */
static void note_rest(struct lanes *lanes)
{
	const struct chart *chart = lanes->chart;
	const size_t top = chart->view->top ? chart->view->top : SHOWN;
	uint64_t all_ns = 0;
	uint64_t rest_ns = 0;

	lanes->shown = MIN(lanes->sums.count, top);
	if (chart->request->height)
		lanes->shown = MIN(lanes->shown, chart_rows_that_fit(MAX(1.0,
			chart->request->height - 250.0)));
	for (size_t i = 0; i < lanes->sums.count; i++) {
		all_ns += lanes->sums.items[i].cpu_ns;
		if (i >= lanes->shown)
			rest_ns += lanes->sums.items[i].cpu_ns;
	}
	if (lanes->shown < lanes->sums.count)
		chart_add_note(lanes->chart, "The busiest threads; %zu others "
			       "with %.1f%% of the CPU time are not shown "
			       "below, but in the cores.",
			       lanes->sums.count - lanes->shown, all_ns ?
			       100.0 * rest_ns / all_ns : 0.0);
}

/* Memory, where it was recorded; or what is asked for. */
static int find_series(struct lanes *lanes, struct error *err)
{
	const struct view *view = lanes->chart->view;
	const char *metric = lanes->chart->request->metric;

	lanes->metric = metric && !chart_is_clock(metric) ? metric :
			"memory.rss";
	if (lanes->metric == metric)
		return chart_series_get(&lanes->series, view, metric, err);
	chart_series_find(&lanes->series, view, lanes->metric);
	return 0;
}

static int timeline_draw(struct chart *chart, struct error *err)
{
	struct lanes lanes = { .chart = chart };

	if (find_series(&lanes, err))
		return -1;
	chart_threads_sum(&lanes.sums, chart->view);
	chart_states_legend(chart, &lanes.sums);
	note_rest(&lanes);
	chart_begin(chart, "threads over time", CHART_AXIS_HEIGHT +
		    (SERIES_HEIGHT + GAP) * (1 + (lanes.series.count > 0)) +
		    MAX(ROW * lanes.shown, MIN(ROW_MOST * lanes.shown,
					       3.0 * ROW)));
	draw(&lanes);
	chart_rows_release(&lanes.rows);
	thread_sum_vec_release(&lanes.sums);
	chart_series_vec_release(&lanes.series);
	free(lanes.lane_of);
	free(lanes.states);
	free(lanes.cores);
	return 0;
}

const struct chart_kind chart_timeline = {
	.name = "timeline",
	.summary = "threads over time, the cores they use, and a --metric",
	.any_metric = true,
	.draw = timeline_draw,
};
