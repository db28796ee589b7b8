/* SPDX-License-Identifier: MIT */
/* CPU use over time, and below it each thread: running, or waiting for. */
#include "render/chart_kinds.h"

#include "base/units.h"
#include "profile/rows.h"
#include "render/chart_rows.h"
#include "render/chart_slots.h"
#include "render/chart_states.h"

#include <math.h>

enum {
	SHOWN = 24,
	ROW = 24,
	CAPTION = 18,
	SERIES_HEIGHT = 90 + CAPTION,	/* of the CPU use */
	SERIES_MIN = 72,	/* less tells nothing: it is left out */
	GAP = 18,
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

/* Steps, since a slot is a mean. */
static void draw_cores(const struct lanes *lanes, const struct box *plot)
{
	struct chart *chart = lanes->chart;
	const size_t count = lanes->slots.count;
	const double width = plot->width / count;
	struct point *points = mem_calloc(2 * count + 2, sizeof(*points));
	struct axis axis;
	double most = 1;

	for (size_t i = 0; i < count; i++)
		most = MAX(most, lanes->cores[i]);
	axis = axis_round(AXIS_NUMBER, most, plot->y + plot->height, plot->y,
			  28);
	canvas_rect(chart->canvas, plot, chart->theme->panel);
	chart_y_axis(chart, &axis, plot);
	canvas_open_group(chart->canvas, "series", "cores in use");
	points[0] = (struct point){ plot->x, axis.start };
	for (size_t i = 0; i < count; i++) {
		const double y = axis_at(&axis, lanes->cores[i]);

		points[2 * i + 1] = (struct point){ plot->x + i * width, y };
		points[2 * i + 2] = (struct point){
			plot->x + (i + 1) * width, y };
	}
	points[2 * count + 1] = (struct point){
		plot->x + plot->width, axis.start };
	canvas_polygon(chart->canvas, points, 2 * count + 2,
		       chart->theme->states[STATE_RUNNING]);
	canvas_close_group(chart->canvas);
	free(points);
}

static void draw_series(const struct lanes *lanes, double height)
{
	struct chart *chart = lanes->chart;
	struct box plot = lanes->rows.plot;
	struct strbuf text = STRBUF_INIT;

	plot.y = chart->area.y + CAPTION;
	plot.height = height - GAP - CAPTION;
	draw_cores(lanes, &plot);
	if (chart_fit_text(chart, &text, &chart_small, "cores in use",
			   plot.width))
		canvas_text(chart->canvas, plot.x, plot.y - 7, &chart_small,
			    chart->theme->dim, ANCHOR_START,
			    strbuf_text(&text));
	strbuf_release(&text);
}

static void fill(struct lanes *lanes)
{
	const double slots = lanes->rows.plot.width / SLOT;

	lanes->slots = chart_slots_of(lanes->chart->view, MAX(1.0, slots));
	lanes->states = mem_calloc((lanes->shown + 1) * lanes->slots.count,
				   STATE_COUNT * sizeof(*lanes->states));
	lanes->cores = mem_calloc(lanes->slots.count,
				  sizeof(*lanes->cores));
	chart_slots_spread_all(&lanes->slots, add_sample, lanes);
}

static void draw(struct lanes *lanes)
{
	struct chart *chart = lanes->chart;
	struct box space = chart->area;
	double series = MIN((double)SERIES_HEIGHT + GAP, space.height * 0.4);
	struct axis axis;

	if (series < SERIES_MIN)
		series = 0;
	space.y += series;
	space.height = MAX(1.0, space.height - series - CHART_AXIS_HEIGHT);
	choose(lanes, space.height);
	chart_rows_place(&lanes->rows, chart, &space, ROW * 1.6);
	fill(lanes);
	axis = axis_of(AXIS_NS, lanes->slots.to_ns - lanes->slots.from_ns,
		       lanes->rows.plot.x,
		       lanes->rows.plot.x + lanes->rows.plot.width, 90);
	chart_x_axis(chart, &axis, &lanes->rows.plot, lanes->slots.from_ns ?
		     "time since the start of what is shown" :
		     "time since the start");
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
			       "with %.1f %% of the CPU time are not shown "
			       "below, but in the cores.",
			       lanes->sums.count - lanes->shown, all_ns ?
			       100.0 * rest_ns / all_ns : 0.0);
}

static int timeline_draw(struct chart *chart, struct error *err)
{
	struct lanes lanes = { .chart = chart };

	chart_threads_sum(&lanes.sums, chart->view);
	chart_states_legend(chart, &lanes.sums);
	note_rest(&lanes);
	chart_begin(chart, "threads over time", CHART_AXIS_HEIGHT +
		    SERIES_HEIGHT + GAP + ROW * MAX(lanes.shown, (size_t)3));
	draw(&lanes);
	chart_rows_release(&lanes.rows);
	thread_sum_vec_release(&lanes.sums);
	free(lanes.lane_of);
	free(lanes.states);
	free(lanes.cores);
	return 0;
}

const struct chart_kind chart_timeline = {
	.name = "timeline",
	.summary = "threads over time, and the cores they use",
	.draw = timeline_draw,
};
