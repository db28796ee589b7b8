/* SPDX-License-Identifier: MIT */
/* Regions side by side: their time, or what of a metric falls to them. */
#include "render/chart_regions.h"

#include "base/units.h"
#include "render/chart_attribution.h"
#include "render/chart_kinds.h"
#include "render/chart_rows.h"

enum { SHOWN = 20, ROW = 25, SUM_SLOTS = 256 };

int chart_regions_init(struct chart_regions *regions, const struct view *view,
		       struct error *err)
{
	if (!view->profile->regions.count)
		return error_set(err, ERROR_NOT_FOUND, "the profile has no "
				 "regions (see cprof.h(3))");
	region_rows_init(&regions->rows, view->profile, view->filter,
			 view->spec, view->overview);
	regions->count = regions->rows.rows.count;
	return 0;
}

void chart_regions_release(struct chart_regions *regions)
{
	region_rows_release(&regions->rows);
}

uint32_t chart_region_of(const struct chart_regions *regions,
			 const struct sample *sample)
{
	if (sample->region == ID_NONE)
		return regions->count;
	return MIN(regions->rows.row_of.items[sample->region],
		   regions->count);
}

void chart_region_name(struct strbuf *out, const struct chart_regions *regions,
		       uint32_t row)
{
	const struct region_row *rows = regions->rows.rows.items;
	uint32_t path[8];
	size_t count = 0;

	if (row >= regions->count) {
		strbuf_add(out, "(no region)");
		return;
	}
	for (; row != ID_NONE && count < ARRAY_SIZE(path); row =
	     rows[row].parent)
		path[count++] = row;
	while (count) {
		strbuf_add(out, rows[path[--count]].name);
		strbuf_add(out, count ? " > " : "");
	}
}

struct compared {
	struct chart *chart;
	struct chart_regions regions;
	struct shapes shapes;
	struct chart_attribution attribution;
	const char *metric;	/* NULL: the time of the calls */
	double *self;		/* by row */
	double *total;
	struct u32_vec order;
	struct chart_rows lanes;
	size_t alone;
	double rest;
	enum axis_unit unit;
};

static void add_metric(void *context, const struct sample *sample, size_t slot,
		       double share)
{
	struct compared *c = context;

	c->self[chart_region_of(&c->regions, sample)] +=
		chart_attribution_of(&c->attribution, sample, slot, share);
}

/* What lies inside of a row comes after it. */
static void add_up(struct compared *c)
{
	const struct region_row *rows = c->regions.rows.rows.items;

	memcpy(c->total, c->self, c->regions.count * sizeof(*c->total));
	for (uint32_t i = c->regions.count; i-- > 0;) {
		if (rows[i].parent != ID_NONE)
			c->total[rows[i].parent] += c->total[i];
	}
}

static uint64_t waited_ns(const struct region_row *row)
{
	uint64_t sum = 0;

	for (int i = STATE_RUNNING + 1; i < STATE_COUNT; i++)
		sum += row->state_ns[i];
	return sum;
}

static void take_times(struct compared *c)
{
	const char *metric = c->chart->request->metric;

	for (uint32_t i = 0; i < c->regions.count; i++) {
		const struct region_row *row = &c->regions.rows.rows.items[i];

		c->self[i] = row->self_ns;
		c->total[i] = row->total_ns;
		if (metric && strcmp(metric, "cpu") == 0) {
			c->self[i] = row->cpu_self_ns;
			c->total[i] = row->cpu_ns;
		} else if (metric && strcmp(metric, "off-cpu") == 0) {
			c->self[i] = c->total[i] = waited_ns(row);
			if (row->parent != ID_NONE)
				c->self[row->parent] -= c->total[i];
		}
	}
}

static int take_metric(struct compared *c, struct error *err)
{
	const struct chart_slots slots = chart_slots_of(c->chart->view,
							SUM_SLOTS);

	if (chart_attribution_init(&c->attribution, &slots, &c->shapes,
				   c->metric, err))
		return -1;
	c->unit = chart_series_unit(&c->attribution.series.items[0]);
	chart_slots_spread_all(&slots, &c->shapes, add_metric, c);
	add_up(c);
	chart_add_note(c->chart, "Nobody saw who it was: what %s grew in a "
		       "moment is divided by the time that each region ran or "
		       "waited for files in it.", c->metric);
	return 0;
}

static int heavier(const void *a, const void *b, void *context)
{
	const double *totals = context;
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (totals[x] < totals[y] || totals[x] > totals[y])
		return totals[x] < totals[y] ? 1 : -1;
	return (x > y) - (x < y);
}

static void sort(struct compared *c)
{
	for (uint32_t i = 0; i < c->regions.count; i++) {
		if (c->total[i] > 0)
			u32_vec_push(&c->order, i);
	}
	if (c->order.count)
		qsort_r(c->order.items, c->order.count, sizeof(uint32_t),
			heavier, c->total);
}

static char *value_of(const struct compared *c, double value)
{
	struct strbuf text = STRBUF_INIT;

	if (c->unit == AXIS_NS)
		units_add_duration(&text, value);
	else if (c->unit == AXIS_BYTES)
		units_add_bytes(&text, value);
	else
		strbuf_addf(&text, "%.4g", value);
	return strbuf_take(&text);
}

static void add_lanes(struct compared *c, double height)
{
	const size_t count = c->order.count;

	c->alone = chart_rows_alone(c->chart, count, SHOWN, height);
	for (size_t i = 0; i < c->alone; i++) {
		const uint32_t row = c->order.items[i];
		struct strbuf name = STRBUF_INIT;

		chart_region_name(&name, &c->regions, row);
		chart_rows_add(&c->lanes, (struct chart_row){
			.name = strbuf_take(&name),
			.value = value_of(c, c->total[row]) });
	}
	for (size_t i = c->alone; i < count; i++)
		c->rest += c->self[c->order.items[i]];
	if (c->alone < count)
		chart_rows_add(&c->lanes, (struct chart_row){
			.name = mem_printf("(%zu others)", count - c->alone),
			.value = value_of(c, c->rest), .minor = true });
}

static void draw_bar(const struct compared *c, const struct axis *axis,
		     size_t i, double value, uint32_t colour)
{
	const double pad = c->lanes.row * 0.14;

	canvas_rect(c->chart->canvas, &(struct box){
		axis->start, chart_row_y(&c->lanes, i) + pad,
		axis_at(axis, value) - axis->start, c->lanes.row - 2 * pad },
		colour);
}

static void draw(struct compared *c)
{
	struct chart *chart = c->chart;
	struct box space = chart->area;
	double most = 0;
	struct axis axis;

	space.height = MAX(1.0, space.height - CHART_AXIS_HEIGHT);
	add_lanes(c, space.height);
	chart_rows_place(&c->lanes, chart, &space, ROW * 1.6);
	if (c->order.count)
		most = MAX(c->total[c->order.items[0]], c->rest);
	axis = axis_of(c->unit, most, c->lanes.plot.x, c->lanes.plot.x +
		       c->lanes.plot.width, 90);
	chart_x_axis(chart, &axis, &c->lanes.plot, c->metric);
	canvas_open_group(chart->canvas, "bars", NULL);
	for (size_t i = 0; i < c->alone; i++) {
		const uint32_t row = c->order.items[i];

		draw_bar(c, &axis, i, c->total[row], chart->theme->bar);
		draw_bar(c, &axis, i, c->self[row], chart->theme->accent);
	}
	if (c->alone < c->order.count)
		draw_bar(c, &axis, c->alone, c->rest, chart->theme->special);
	canvas_close_group(chart->canvas);
	chart_rows_label(&c->lanes, chart);
}

static int compare(struct compared *c, struct error *err)
{
	struct chart *chart = c->chart;
	const char *metric = chart->request->metric;
	struct strbuf title = STRBUF_INIT;

	c->self = mem_calloc(c->regions.count + 1, sizeof(*c->self));
	c->total = mem_calloc(c->regions.count + 1, sizeof(*c->total));
	if (!c->metric)
		take_times(c);
	else if (take_metric(c, err))
		return -1;
	sort(c);
	chart_add_legend(chart, LEGEND_BLOCK, chart->theme->bar,
			 "in all (the value on the right)");
	chart_add_legend(chart, LEGEND_BLOCK, chart->theme->accent,
			 "without the regions in it");
	strbuf_addf(&title, "regions by %s", c->metric ? c->metric :
		    metric ? chart_clock_text(chart->view->clock) :
		    "the time of their calls");
	chart_begin(chart, strbuf_text(&title), CHART_AXIS_HEIGHT +
		    ROW * chart_rows_wanted(chart, c->order.count, SHOWN));
	draw(c);
	strbuf_release(&title);
	return 0;
}

static int regions_draw(struct chart *chart, struct error *err)
{
	const char *metric = chart->request->metric;
	struct compared c = {
		.chart = chart,
		.metric = metric && !chart_is_clock(metric) ? metric : NULL,
		.unit = AXIS_NS,
	};
	int ret;

	if (chart_regions_init(&c.regions, chart->view, err))
		return -1;
	shapes_init(&c.shapes, chart->view->profile);
	ret = compare(&c, err);
	chart_rows_release(&c.lanes);
	chart_attribution_release(&c.attribution);
	shapes_release(&c.shapes);
	chart_regions_release(&c.regions);
	u32_vec_release(&c.order);
	free(c.self);
	free(c.total);
	return ret;
}

const struct chart_kind chart_regions = {
	.name = "regions",
	.summary = "regions side by side, by time or a --metric",
	.any_metric = true,
	.draw = regions_draw,
};
