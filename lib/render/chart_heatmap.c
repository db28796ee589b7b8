/* SPDX-License-Identifier: MIT */
/*
 * Functions over time: the darker, the more of a core they use, the more
 * threads wait in them, or the more of a metric falls to them.
 */
#include "render/chart_kinds.h"

#include "base/clock.h"
#include "base/units.h"
#include "render/chart_attribution.h"
#include "render/chart_region_heat.h"
#include "render/chart_regions.h"
#include "render/chart_rows.h"
#include "render/name.h"

#include <math.h>

enum {
	SHOWN = 25,
	ROW = 24,
	CELL = 9,		/* units that a slot is wide, at least */
	SUM_SLOTS = 256,	/* to find out which functions are shown */
	SCALE_WIDTH = 160,
	SCALE_HEIGHT = 30,
	SCALE_GAP = 50
};

struct heat {
	struct chart *chart;
	const char *metric;	/* NULL: time on the view's clock */
	struct chart_slots slots;
	struct shapes shapes;
	struct chart_attribution attribution;	/* of the metric */
	struct chart_rows lanes;
	struct chart_regions regions;	/* --by region: rows are these */
	bool by_region;
	bool of_regions;		/* a metric while they were open */
	struct chart_region_heat region_heat;
	uint32_t keys;		/* functions, or rows of regions and none */
	double *sums;		/* by key */
	double total;
	struct u32_vec order;	/* keys with a sum, most first */
	uint32_t *lane_of;	/* by key: lane + 1; 0: none */
	double *cells;		/* by lane and slot */
	double most;
};

/* Whether it counts for the clock: as in a report. */
static bool counts(const struct heat *heat, const struct sample *sample)
{
	switch (heat->chart->view->clock) {
	case WEIGH_CPU:
		return sample_has_cpu(sample);
	case WEIGH_OFF_CPU:
		return sample->state != STATE_RUNNING;
	default:
		return true;
	}
}

static double amount(const struct heat *heat, const struct sample *sample,
		     size_t slot, double share)
{
	if (heat->metric)
		return chart_attribution_of(&heat->attribution, sample, slot,
					    share);
	if (!counts(heat, sample))
		return 0;
	return share * (heat->chart->view->clock == WEIGH_CPU ?
			sample->cpu_ns : sample->wall_ns);
}

static uint32_t function_of(const struct profile *profile,
				  const struct sample *sample)
{
	const struct profile_frame *frame = &profile->frames.items[
		profile->stacks.items[sample->stack].frame];

	return profile_location(profile, profile->chain.items[frame->first])->
	       function;
}

static uint32_t key_of(const struct heat *heat, const struct sample *sample)
{
	const struct profile *profile = heat->chart->view->profile;

	if (heat->by_region)
		return chart_region_of(&heat->regions, sample);
	return function_of(profile, sample);
}

static void add_sum(void *context, const struct sample *sample, size_t slot,
		    double share)
{
	struct heat *heat = context;

	heat->sums[key_of(heat, sample)] += amount(heat, sample, slot,
							share);
}

static void add_cell(void *context, const struct sample *sample, size_t slot,
		     double share)
{
	struct heat *heat = context;
	const uint32_t lane = heat->lane_of[key_of(heat, sample)];

	if (lane)
		heat->cells[(lane - 1) * heat->slots.count + slot] +=
			amount(heat, sample, slot, share);
}

static int heavier(const void *a, const void *b, void *context)
{
	const double *sums = context;
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (sums[x] < sums[y] || sums[x] > sums[y])
		return sums[x] < sums[y] ? 1 : -1;
	return (x > y) - (x < y);
}

/* Divide the metric over the samples once more, by these slots. */
static int set_slots(struct heat *heat, size_t count, struct error *err)
{
	heat->slots = chart_slots_of(heat->chart->view, count);
	if (!heat->metric)
		return 0;
	if (heat->of_regions) {
		chart_region_heat_release(&heat->region_heat);
		return chart_region_heat_init(&heat->region_heat,
					      &heat->regions, &heat->slots,
					      heat->metric, err);
	}
	chart_attribution_release(&heat->attribution);
	return chart_attribution_init(&heat->attribution, &heat->slots,
				      &heat->shapes, heat->metric, err);
}

static int find_sums(struct heat *heat, struct error *err)
{
	const size_t count = heat->keys;

	heat->sums = mem_calloc(count + 1, sizeof(*heat->sums));
	heat->lane_of = mem_calloc(count + 1, sizeof(*heat->lane_of));
	if (set_slots(heat, SUM_SLOTS, err))
		return -1;
	/* Of time, the shares of a report: by weight, unlike the cells. */
	if (heat->of_regions)
		memcpy(heat->sums, heat->region_heat.sums,
		       heat->regions.count * sizeof(*heat->sums));
	else
		chart_slots_spread_all(&heat->slots, heat->metric ?
				       &heat->shapes : NULL, add_sum, heat);
	for (size_t i = 0; i < count; i++) {
		heat->total += heat->sums[i];
		if (heat->sums[i] > 0)
			u32_vec_push(&heat->order, i);
	}
	if (heat->order.count)
		qsort_r(heat->order.items, heat->order.count,
			sizeof(uint32_t), heavier, heat->sums);
	return 0;
}

/* Of regions, whose time overlaps, how much of the metric. */
static char *share_of(const struct heat *heat, double sum)
{
	struct strbuf text = STRBUF_INIT;

	if (heat->of_regions) {
		axis_add_amount(&text, heat->region_heat.unit, sum);
		return strbuf_take(&text);
	}
	return mem_printf("%.1f%%", heat->total > 0 ?
			  100 * sum / heat->total : 0);
}

static void add_lane(struct heat *heat, uint32_t key)
{
	struct strbuf name = STRBUF_INIT;

	if (heat->by_region)
		chart_region_name(&name, &heat->regions, key);
	else
		name_add_without_place(&name, heat->chart->view->profile->
				       functions.items[key].name);
	chart_rows_add(&heat->lanes, (struct chart_row){
		.name = strbuf_take(&name), .is_function = !heat->by_region,
		.share = share_of(heat, heat->sums[key]) });
}

/* The heaviest get a lane; the rest share the last. */
static void choose(struct heat *heat, double height)
{
	const size_t count = heat->order.count;
	const size_t alone = chart_rows_alone(heat->chart, count, SHOWN,
					      height);
	double rest = 0;

	for (size_t i = 0; i < count; i++) {
		const uint32_t id = heat->order.items[i];

		heat->lane_of[id] = MIN(i, alone) + 1;
		if (i < alone)
			add_lane(heat, id);
		else
			rest = heat->region_heat.level ?
			       MAX(rest, heat->sums[id]) :
			       rest + heat->sums[id];
	}
	if (alone < count)
		chart_rows_add(&heat->lanes, (struct chart_row){
			.name = mem_printf("(%zu others)", count - alone),
			.share = share_of(heat, rest), .minor = true });
}

/* Labels of the scale: cores or threads, or the metric in a second. */
static enum axis_unit unit_of(const struct heat *heat)
{
	if (heat->of_regions)
		return heat->region_heat.unit;
	return heat->metric ? chart_series_unit(
		&heat->attribution.series.items[0]) : AXIS_NUMBER;
}

/* Several in the last lane: of gauges, the most of them. */
static void take_region_cells(struct heat *heat)
{
	const size_t slots = heat->slots.count;

	for (size_t i = 0; i < heat->regions.count * slots; i++) {
		const uint32_t lane = heat->lane_of[i / slots];
		double *cell = &heat->cells[(MAX(lane, 1u) - 1) * slots +
					    i % slots];

		if (lane)
			*cell = heat->region_heat.level ?
				MAX(*cell, heat->region_heat.cells[i]) :
				*cell + heat->region_heat.cells[i];
	}
}

static void fill_cells(struct heat *heat)
{
	const double slot_ns = chart_slot_ns(&heat->slots);
	const double unit = heat->of_regions ? 1 :
			    heat->metric ? slot_ns / NS_PER_S : slot_ns;
	const size_t count = heat->slots.count * heat->lanes.rows.count;

	heat->cells = mem_calloc(count + 1, sizeof(*heat->cells));
	if (heat->of_regions)
		take_region_cells(heat);
	else
		chart_slots_spread_all(&heat->slots, &heat->shapes, add_cell,
				       heat);
	for (size_t i = 0; i < count; i++) {
		heat->cells[i] /= unit;
		heat->most = MAX(heat->most, heat->cells[i]);
	}
	/* The scale ends at a round number. */
	heat->most = axis_round(unit_of(heat), heat->most, 0, SCALE_WIDTH,
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

static const char *scale_text(const struct heat *heat)
{
	if (heat->of_regions)
		return heat->region_heat.level ? "at most, while it ran" :
		       "per second, while it ran";
	if (heat->metric)
		return heat->attribution.series.items[0].metric->metric.kind ==
		       METRIC_CUMULATIVE ? "per second" : "grown per second";
	return heat->chart->view->clock == WEIGH_CPU ?
	       "cores in use" : "threads that are in it";
}

/* What the colours mean, as an axis of its own. */
static void draw_scale(const struct heat *heat, const struct box *space)
{
	struct chart *chart = heat->chart;
	const double width = MIN((double)SCALE_WIDTH, space->width);
	const struct axis axis = axis_of(unit_of(heat), heat->most, space->x,
					 space->x + width, SCALE_GAP);
	struct strbuf text = STRBUF_INIT;
	const char *unit = scale_text(heat);

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

static int draw(struct heat *heat, struct error *err)
{
	struct chart *chart = heat->chart;
	struct box space = chart->area;
	const struct box *plot = &heat->lanes.plot;
	struct axis axis;

	space.y += SCALE_HEIGHT;
	space.height = MAX(1.0, space.height - CHART_AXIS_HEIGHT -
			   SCALE_HEIGHT);
	choose(heat, space.height);
	chart_rows_place(&heat->lanes, chart, &space, ROW * 1.6);
	if (set_slots(heat, MAX(1.0, plot->width / CELL), err))
		return -1;
	fill_cells(heat);
	canvas_rect(chart->canvas, plot, chart->theme->panel);
	axis = axis_of(AXIS_NS, heat->slots.to_ns - heat->slots.from_ns,
		       plot->x, plot->x + plot->width, 90);
	chart_x_axis(chart, &axis, plot, chart_slots_title(&heat->slots));
	canvas_open_group(chart->canvas, "cells", NULL);
	for (size_t i = 0; i < heat->lanes.rows.count; i++)
		draw_lane(heat, i);
	canvas_close_group(chart->canvas);
	chart_rows_label(&heat->lanes, chart);
	space.y = chart->area.y;
	draw_scale(heat, &space);
	return 0;
}

static void note_estimate(const struct heat *heat)
{
	const struct chart_attribution *from = &heat->attribution;

	if (!heat->metric)
		return;
	if (heat->of_regions) {
		chart_add_note(heat->chart, "What %s was of all that ran "
			       "while a region was open; on the right, %s.",
			       heat->metric, heat->region_heat.level ?
			       "at most" : "in all");
		return;
	}
	chart_add_note(heat->chart, "Nobody saw who it was: what %s grew in a "
		       "moment is divided by the time that each function ran "
		       "or waited for files in it.", heat->metric);
	if (from->lost > from->all * 0.001)
		chart_add_note(heat->chart, "%.1f%% fell into moments without "
			       "such a sample.", 100 * from->lost / from->all);
}

static int heatmap_draw(struct chart *chart, struct error *err)
{
	const char *metric = chart->request->metric;
	struct heat heat = {
		.chart = chart,
		.metric = metric && !chart_is_clock(metric) ? metric : NULL,
		.by_region = chart->view->by == ROWS_BY_REGION,
		.keys = chart->view->profile->functions.count,
	};
	struct strbuf title = STRBUF_INIT;
	int ret = -1;

	heat.of_regions = heat.by_region && heat.metric;
	if (heat.by_region) {
		if (chart_regions_init(&heat.regions, chart->view, err))
			return -1;
		heat.keys = heat.regions.count + 1;
	}
	shapes_init(&heat.shapes, chart->view->profile);
	if (find_sums(&heat, err))
		goto out;
	note_estimate(&heat);
	strbuf_addf(&title, "%s of %s over time", heat.metric ?
		    heat.metric : chart_clock_text(chart->view->clock),
		    heat.by_region ? "regions" : "functions");
	chart_begin(chart, strbuf_text(&title), CHART_AXIS_HEIGHT +
		    SCALE_HEIGHT + ROW * chart_rows_wanted(
			    chart, heat.order.count, SHOWN));
	ret = draw(&heat, err);
out:
	strbuf_release(&title);
	if (heat.by_region)
		chart_regions_release(&heat.regions);
	chart_rows_release(&heat.lanes);
	chart_attribution_release(&heat.attribution);
	chart_region_heat_release(&heat.region_heat);
	shapes_release(&heat.shapes);
	u32_vec_release(&heat.order);
	free(heat.sums);
	free(heat.lane_of);
	free(heat.cells);
	return ret;
}

const struct chart_kind chart_heatmap = {
	.name = "heatmap",
	.summary = "functions (--by region) over time, by a --metric",
	.any_metric = true,
	.draw = heatmap_draw,
};
