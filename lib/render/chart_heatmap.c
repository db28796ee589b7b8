/* SPDX-License-Identifier: MIT */
/* Functions over time: the darker, the more of a core (or more waiting). */
#include "render/chart_kinds.h"

#include "profile/rows.h"
#include "render/chart_rows.h"
#include "render/chart_slots.h"
#include "render/name.h"

#include <math.h>

enum {
	SHOWN = 25,
	ROW = 24,
	CELL = 9,		/* units that a slot is wide, at least */
	SCALE_WIDTH = 160,
	SCALE_HEIGHT = 30,
	SCALE_GAP = 50
};

struct heat {
	struct chart *chart;
	struct rows rows;
	struct chart_rows lanes;
	struct weigh_request request;
	struct chart_slots slots;
	uint32_t *lane_of;	/* by function id: lane + 1; 0: none */
	double *cells;		/* ns, by lane and slot */
	double most;
};

static char *name_of(const struct row *row)
{
	struct strbuf place = STRBUF_INIT;
	char *name = mem_copy(row->name, strlen(row->name) + 1);

	name[name_split_place(row->name, &place)] = '\0';
	strbuf_release(&place);
	return name;
}

/* Off the CPU a function has a row for each reason: here it has one. */
static void merge_reasons(struct heat *heat)
{
	struct row_vec *rows = &heat->rows.rows;
	size_t kept = 0;

	for (size_t i = 0; i < rows->count; i++) {
		const struct row row = rows->items[i];
		uint32_t *lane = &heat->lane_of[row.key];

		if (*lane) {
			rows->items[*lane - 1].self_ns += row.self_ns;
			continue;
		}
		rows->items[kept++] = row;
		*lane = kept;
	}
	rows->count = kept;
}

static int heavier(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->self_ns != y->self_ns)
		return x->self_ns < y->self_ns ? 1 : -1;
	return (x->key > y->key) - (x->key < y->key);
}

/* The heaviest get a lane; the rest share the last. */
static void choose(struct heat *heat, double height)
{
	const struct row_vec *rows = &heat->rows.rows;
	const size_t alone = chart_rows_alone(heat->chart, rows->count, SHOWN,
					      height);
	uint64_t rest_ns = 0;

	for (size_t i = 0; i < rows->count; i++) {
		const struct row *row = &rows->items[i];

		heat->lane_of[row->key] = MIN(i, alone) + 1;
		if (i < alone)
			chart_rows_add(&heat->lanes, (struct chart_row){
				.name = name_of(row), .is_function = true,
				.share = chart_share(row->self_ns,
						     heat->rows.total_ns) });
		else
			rest_ns += row->self_ns;
	}
	if (alone < rows->count)
		chart_rows_add(&heat->lanes, (struct chart_row){
			.name = mem_printf("(%zu others)",
					   rows->count - alone),
			.share = chart_share(rest_ns, heat->rows.total_ns),
			.minor = true });
}

static void add_sample(void *context, const struct sample *sample, size_t slot,
		       double share)
{
	struct heat *heat = context;
	const struct profile *profile = heat->chart->view->profile;
	const struct profile_frame *frame = &profile->frames.items[
		profile->stacks.items[sample->stack].frame];
	const uint32_t location = profile->chain.items[frame->first];
	const uint32_t lane = heat->lane_of[
		profile_location(profile, location)->function];
	const uint64_t ns = heat->request.clock == WEIGH_CPU ?
			    sample->cpu_ns : sample->wall_ns;

	if (lane)
		heat->cells[(lane - 1) * heat->slots.count + slot] +=
			ns * share;
}

static bool counts(const struct heat *heat, const struct sample *sample)
{
	switch (heat->request.clock) {
	case WEIGH_CPU:
		return sample_has_cpu(sample);
	case WEIGH_OFF_CPU:
		return sample->state != STATE_RUNNING;
	default:
		return true;
	}
}

static void add_if_counts(void *context, const struct sample *sample,
			  size_t slot, double share)
{
	if (counts(context, sample))
		add_sample(context, sample, slot, share);
}

static void fill_cells(struct heat *heat)
{
	const double slot_ns = chart_slot_ns(&heat->slots);
	const size_t count = heat->slots.count * heat->lanes.rows.count;

	heat->cells = mem_calloc(count + 1, sizeof(*heat->cells));
	chart_slots_spread_all(&heat->slots, add_if_counts, heat);
	for (size_t i = 0; i < count; i++) {
		heat->cells[i] /= slot_ns;
		heat->most = MAX(heat->most, heat->cells[i]);
	}
	/* The scale ends at a round number. */
	heat->most = axis_round(AXIS_NUMBER, heat->most, 0, SCALE_WIDTH,
				SCALE_GAP).to;
}

static void draw_lane(const struct heat *heat, size_t lane)
{
	const struct chart *chart = heat->chart;
	const struct box *plot = &heat->lanes.plot;
	const double *cells = &heat->cells[lane * heat->slots.count];
	const double width = plot->width / heat->slots.count;
	const double gap = heat->lanes.row > 8;

	for (size_t i = 0; i < heat->slots.count; i++) {
		const double share = heat->most > 0 ? cells[i] / heat->most :
				     0;

		if (share < 0.005)
			continue;
		canvas_rect(chart->canvas, &(struct box){
			plot->x + i * width, chart_row_y(&heat->lanes, lane),
			width - (width > 4), heat->lanes.row - gap },
			chart_heat(chart->theme, share));
	}
}

/* What the colours mean, as an axis of its own. */
static void draw_scale(const struct heat *heat, const struct box *space)
{
	struct chart *chart = heat->chart;
	const double width = MIN((double)SCALE_WIDTH, space->width);
	const struct axis axis = axis_of(AXIS_NUMBER, heat->most, space->x,
					 space->x + width, SCALE_GAP);
	struct strbuf text = STRBUF_INIT;
	const char *unit = heat->request.clock == WEIGH_CPU ?
			   "cores that a function uses" :
			   "threads that are there";

	canvas_open_group(chart->canvas, "scale", NULL);
	for (int i = 0; i < SCALE_WIDTH / 4; i++)
		canvas_rect(chart->canvas, &(struct box){
			space->x + i * width / (SCALE_WIDTH / 4), space->y,
			width / (SCALE_WIDTH / 4) + 0.3, 9 },
			chart_heat(chart->theme, i / (SCALE_WIDTH / 4.0 - 1)));
	for (size_t i = 0; i < axis_count(&axis); i++) {
		strbuf_clear(&text);
		axis_label(&text, &axis, i * axis.step);
		canvas_text(chart->canvas, axis_at(&axis, i * axis.step),
			    space->y + 21, &chart_small, chart->theme->dim,
			    i ? ANCHOR_MIDDLE : ANCHOR_START,
			    strbuf_text(&text));
	}
	strbuf_clear(&text);
	if (chart_fit_text(chart, &text, &chart_small, unit,
			   space->width - width - 10))
		canvas_text(chart->canvas, space->x + width + 10,
			    space->y + 9, &chart_small, chart->theme->dim,
			    ANCHOR_START, strbuf_text(&text));
	canvas_close_group(chart->canvas);
	strbuf_release(&text);
}

static void draw(struct heat *heat)
{
	struct chart *chart = heat->chart;
	struct box space = chart->area;
	struct axis axis;

	space.y += SCALE_HEIGHT;
	space.height = MAX(1.0, space.height - CHART_AXIS_HEIGHT -
			   SCALE_HEIGHT);
	choose(heat, space.height);
	chart_rows_place(&heat->lanes, chart, &space, ROW * 1.6);
	heat->slots = chart_slots_of(chart->view, MAX(1.0,
				     heat->lanes.plot.width / CELL));
	fill_cells(heat);
	canvas_rect(chart->canvas, &heat->lanes.plot, chart->theme->panel);
	axis = axis_of(AXIS_NS, heat->slots.to_ns - heat->slots.from_ns,
		       heat->lanes.plot.x,
		       heat->lanes.plot.x + heat->lanes.plot.width, 90);
	chart_x_axis(chart, &axis, &heat->lanes.plot, heat->slots.from_ns ?
		     "time since the start of what is shown" :
		     "time since the start");
	canvas_open_group(chart->canvas, "cells", NULL);
	for (size_t i = 0; i < heat->lanes.rows.count; i++)
		draw_lane(heat, i);
	canvas_close_group(chart->canvas);
	chart_rows_label(&heat->lanes, chart);
	space.y = chart->area.y;
	draw_scale(heat, &space);
}

static int heatmap_draw(struct chart *chart, struct error *err)
{
	const struct view *view = chart->view;
	struct heat heat = {
		.chart = chart,
		.request = { .clock = view->clock, .filter = view->filter },
	};
	struct strbuf title = STRBUF_INIT;

	rows_init(&heat.rows, view->profile, view->filter, view->spec,
		  view->clock, ROWS_BY_FUNCTION);
	heat.lane_of = mem_calloc(view->profile->functions.count + 1,
				  sizeof(*heat.lane_of));
	merge_reasons(&heat);
	if (heat.rows.rows.count)
		qsort(heat.rows.rows.items, heat.rows.rows.count,
		      sizeof(struct row), heavier);
	strbuf_addf(&title, "%s of functions over time",
		    chart_clock_text(view->clock));
	chart_begin(chart, strbuf_text(&title), CHART_AXIS_HEIGHT +
		    SCALE_HEIGHT + ROW * chart_rows_wanted(
			    chart, heat.rows.rows.count, SHOWN));
	draw(&heat);
	strbuf_release(&title);
	chart_rows_release(&heat.lanes);
	rows_release(&heat.rows);
	free(heat.lane_of);
	free(heat.cells);
	return 0;
}

const struct chart_kind chart_heatmap = {
	.name = "heatmap",
	.summary = "functions over time",
	.draw = heatmap_draw,
};
