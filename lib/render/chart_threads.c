/* SPDX-License-Identifier: MIT */
/* What each thread did with its time: running, or waiting and for what. */
#include "render/chart_kinds.h"

#include "base/units.h"
#include "profile/rows.h"
#include "render/chart_rows.h"
#include "render/chart_states.h"

enum { SHOWN = 20, ROW = 25 };

struct threads {
	struct chart *chart;
	struct thread_sum_vec sums;
	struct thread_sum_vec shown;	/* the last may be the rest */
	struct chart_rows lanes;
};

static void add_sum(struct thread_sum *to, const struct thread_sum *from)
{
	to->cpu_ns += from->cpu_ns;
	to->wall_ns += from->wall_ns;
	for (int i = 0; i < STATE_COUNT; i++)
		to->state_ns[i] += from->state_ns[i];
}

/* Takes `name`. */
static void add_lane(struct threads *threads, char *name,
		     const struct thread_sum *sum, bool minor)
{
	struct strbuf text = STRBUF_INIT;

	units_add_duration(&text, sum->cpu_ns);
	strbuf_add(&text, " on a CPU");
	chart_rows_add(&threads->lanes, (struct chart_row){
		.name = name, .value = strbuf_take(&text), .minor = minor });
}

static void choose(struct threads *threads, double height)
{
	const struct chart *chart = threads->chart;
	const size_t alone = chart_rows_alone(chart, threads->sums.count,
					      SHOWN, height);

	for (size_t i = 0; i < alone; i++) {
		struct strbuf name = STRBUF_INIT;

		rows_add_thread(&name, chart->view->profile,
				threads->sums.items[i].thread);
		thread_sum_vec_push(&threads->shown, threads->sums.items[i]);
		add_lane(threads, strbuf_take(&name),
			 &threads->sums.items[i], false);
	}
	if (alone < threads->sums.count) {
		struct thread_sum *rest = thread_sum_vec_add(&threads->shown);

		for (size_t i = alone; i < threads->sums.count; i++)
			add_sum(rest, &threads->sums.items[i]);
		add_lane(threads, mem_printf("(%zu others)",
					     threads->sums.count - alone),
			 rest, true);
	}
}

/* Waiting is thinner than running: it tells by form, too. */
static void draw_bar(const struct threads *threads, const struct axis *axis,
		     const uint8_t order[STATE_COUNT], size_t i)
{
	const struct thread_sum *sum = &threads->shown.items[i];
	struct chart *chart = threads->chart;
	const double row = threads->lanes.row;
	uint64_t before = 0;

	for (int j = 0; j < STATE_COUNT; j++) {
		const uint8_t state = order[j];
		const double pad = row * (state > STATE_RUNNABLE ? 0.34 : 0.14);
		const double x = axis_at(axis, before);

		before += sum->state_ns[state];
		canvas_rect(chart->canvas, &(struct box){
			x, chart_row_y(&threads->lanes, i) + pad,
			axis_at(axis, before) - x, row - 2 * pad },
			chart->theme->states[state]);
	}
}

static void draw(struct threads *threads)
{
	struct chart *chart = threads->chart;
	struct box space = chart->area;
	uint8_t order[STATE_COUNT];
	uint64_t longest = 0;
	struct axis axis;

	space.height = MAX(1.0, space.height - CHART_AXIS_HEIGHT);
	choose(threads, space.height);
	chart_rows_place(&threads->lanes, chart, &space, ROW * 1.6);
	for (size_t i = 0; i < threads->shown.count; i++)
		longest = MAX(longest, threads->shown.items[i].wall_ns);
	axis = axis_of(AXIS_NS, longest, threads->lanes.plot.x,
		       threads->lanes.plot.x + threads->lanes.plot.width, 90);
	chart_x_axis(chart, &axis, &threads->lanes.plot, "wall time");
	chart_states_order(&threads->sums, order);
	canvas_open_group(chart->canvas, "bars", NULL);
	for (size_t i = 0; i < threads->shown.count; i++)
		draw_bar(threads, &axis, order, i);
	canvas_close_group(chart->canvas);
	chart_rows_label(&threads->lanes, chart);
}

static int threads_draw(struct chart *chart, struct error *err)
{
	struct threads threads = { .chart = chart };

	chart_threads_sum(&threads.sums, chart->view);
	chart_states_legend(chart, &threads.sums);
	chart_begin(chart, "threads, and what they did", CHART_AXIS_HEIGHT +
		    ROW * chart_rows_wanted(chart, threads.sums.count,
					    SHOWN));
	draw(&threads);
	chart_rows_release(&threads.lanes);
	thread_sum_vec_release(&threads.shown);
	thread_sum_vec_release(&threads.sums);
	return 0;
}

const struct chart_kind chart_threads = {
	.name = "threads",
	.summary = "what each thread did with its time",
	.draw = threads_draw,
};
