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
	bool level;		/* how much there was, and what it grew */
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

static enum axis_unit axis_unit_of(enum metric_unit unit)
{
	return unit == METRIC_BYTES ? AXIS_BYTES :
	       unit == METRIC_NS ? AXIS_NS : AXIS_NUMBER;
}

/* What the program counted, and it told it of each region. */
static bool take_counter(struct compared *c)
{
	const struct region_counters *counters = &c->regions.rows.counters;
	size_t at = 0;

	while (at < counters->counters.count &&
	       strcmp(counters->counters.items[at].name, c->metric))
		at++;
	if (at == counters->counters.count)
		return false;
	c->unit = axis_unit_of(counters->counters.items[at].unit);
	c->level = true;
	for (uint32_t i = 0; i < c->regions.count; i++) {
		const struct region_counter_use *use =
			region_counters_use(counters, i, at);

		if (!use->known ||
		    c->regions.rows.rows.items[i].kind == REGION_EVENT)
			continue;
		c->total[i] = use->most;
		c->self[i] = MAX(use->change, 0.0);
	}
	return true;
}

static bool take_memory(struct compared *c)
{
	bool known = false;

	if (strcmp(c->metric, REGION_MEMORY_METRIC))
		return false;
	for (uint32_t i = 0; i < c->regions.count; i++) {
		const struct region_row *row = &c->regions.rows.rows.items[i];

		if (row->kind == REGION_EVENT)
			continue;
		known |= row->use.memory_known;
		c->total[i] = row->use.memory_peak;
		c->self[i] = MAX(row->use.memory_change, 0.0);
	}
	c->unit = AXIS_BYTES;
	c->level = known;
	return known;
}

static int amount_of(const char *metric)
{
	int amount = 0;

	while (amount < REGION_AMOUNTS &&
	       strcmp(region_amount_metric(amount), metric))
		amount++;
	return amount;
}

/* From looks at the metric while it ran, as in a report. */
static bool take_amount(struct compared *c)
{
	const struct region_row *rows = c->regions.rows.rows.items;
	const int amount = amount_of(c->metric);
	bool known = false;

	if (amount == REGION_AMOUNTS)
		return false;
	for (uint32_t i = 0; i < c->regions.count; i++) {
		known |= rows[i].use.known >> amount & 1;
		c->total[i] = c->self[i] = rows[i].use.amount[amount];
		if (rows[i].parent != ID_NONE)
			c->self[rows[i].parent] -= MIN(c->total[i],
				c->self[rows[i].parent]);
	}
	c->unit = amount == REGION_GPU_TIME ? AXIS_NS : AXIS_BYTES;
	return known;
}

/* What regions used, as a report tells it; false: it does not. */
static bool take_use(struct compared *c)
{
	if (take_counter(c)) {
		chart_add_note(c->chart, "As the program told it.");
		return true;
	}
	if (!take_memory(c) && !take_amount(c))
		return false;
	chart_add_note(c->chart, "Of all that ran meanwhile, from looks "
		       "between its begins and ends; cprof report --by region "
		       "tells how far each may be off.");
	return true;
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

	axis_add_amount(&text, c->unit, value);
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
		c->rest = c->level ? MAX(c->rest,
					 c->total[c->order.items[i]]) :
			  c->rest + c->self[c->order.items[i]];
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
	else if (!take_use(c) && take_metric(c, err))
		return -1;
	sort(c);
	chart_add_legend(chart, LEGEND_BLOCK, chart->theme->bar, c->level ?
			 "at most (the value on the right)" :
			 "in all (the value on the right)");
	chart_add_legend(chart, LEGEND_BLOCK, chart->theme->accent, c->level ?
			 "what it grew by, from begins to ends" :
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
