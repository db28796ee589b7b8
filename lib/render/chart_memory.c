/* SPDX-License-Identifier: MIT */
/*
 * Memory over time, by kind, with its peak; or any other metric, a line for
 * each that has it.
 */
#include "render/chart_kinds.h"

#include "base/units.h"
#include "render/chart_plot.h"
#include "render/chart_series.h"

#include <math.h>

enum {
	HEIGHT = 380,
	SLOT = 2,		/* units that a slot is wide */
	LABELS = 74,		/* of the axis on the left */
	LINES = 8,		/* that can be told apart */
	LINE_GAP = 44,
	PEAK_GAP = 18		/* above the peak, for its label */
};

/* What resident memory consists of; drawn one on the other. */
static const struct {
	const char *metric;
	const char *text;
	int hue;
} kinds[] = {
	{ "memory.anon", "heap, stacks and other data of its own", 1 },
	{ "memory.file", "files, such as programs and libraries", 4 },
	{ "memory.shmem", "shared memory", 2 },
};

struct memory {
	struct chart *chart;
	const char *name;
	struct chart_series_vec lines;
	struct chart_series parts[ARRAY_SIZE(kinds)];
	bool stacked;
	struct chart_slots slots;
	struct box plot;
	struct axis axis;
};

/* All kinds of what the only line is of, or none. */
static void find_parts(struct memory *memory)
{
	const struct metric *all = &memory->lines.items[0].metric->metric;

	memory->stacked = memory->lines.count == 1;
	for (size_t i = 0; memory->stacked && i < ARRAY_SIZE(kinds); i++) {
		struct chart_series_vec found;

		chart_series_find(&found, memory->chart->view,
				  kinds[i].metric);
		/* A series that was never anything but 0 is not there. */
		if (found.count == 1 &&
		    found.items[0].metric->metric.scope == all->scope &&
		    found.items[0].metric->metric.owner == all->owner)
			memory->parts[i] = found.items[0];
		chart_series_vec_release(&found);
	}
	if (!memory->parts[0].metric && !memory->parts[1].metric)
		memory->stacked = false;
}

static void add_legend(struct memory *memory)
{
	struct chart *chart = memory->chart;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (memory->stacked && memory->parts[i].metric)
			chart_add_legend(chart, LEGEND_BLOCK, chart->theme->
					 modules[kinds[i].hue], kinds[i].text);
	}
	for (size_t i = 0; i < memory->lines.count; i++) {
		struct strbuf owner = STRBUF_INIT;

		chart_series_add_owner(&owner, chart->view->profile,
				       &memory->lines.items[i]);
		if (memory->stacked)
			strbuf_add(&owner, "all");
		if (owner.len)
			chart_add_legend(chart, LEGEND_LINE, memory->stacked ?
					 chart->theme->accent :
					 chart->theme->modules[i % LINES],
					 strbuf_text(&owner));
		strbuf_release(&owner);
	}
}

static double most_of(const struct chart_series *series)
{
	double most = -INFINITY;

	for (size_t i = 0; i < series->count; i++)
		most = MAX(most, (double)series->values[i].value);
	return most;
}

static int higher(const void *a, const void *b)
{
	const double x = most_of(a), y = most_of(b);

	return (x < y) - (x > y);
}

/* No more lines than colours: those of the highest. */
static void keep_highest(struct memory *memory)
{
	struct chart_series_vec *lines = &memory->lines;

	qsort(lines->items, lines->count, sizeof(*lines->items), higher);
	if (lines->count <= LINES)
		return;
	chart_add_note(memory->chart, "The %d highest of %zu lines are shown.",
		       LINES, lines->count);
	lines->count = LINES;
}

/* Counters of a program may be below 0, where a picture has no room. */
static void note_negative(struct memory *memory)
{
	for (size_t i = 0; i < memory->lines.count; i++) {
		const struct chart_series *line = &memory->lines.items[i];

		for (size_t j = 0; j < line->count; j++) {
			if (line->values[j].value >= 0)
				continue;
			chart_add_note(memory->chart, "Values below 0 are "
				       "drawn as 0.");
			return;
		}
	}
}

/* The kernel keeps the highest, which may be between two looks. */
static void note_peak(struct memory *memory)
{
	const struct view *view = memory->chart->view;
	const struct memory_facts *facts = &view->overview->memory;
	const struct chart_series *line = &memory->lines.items[0];
	struct strbuf peak = STRBUF_INIT;
	int64_t most = 0;

	for (size_t i = 0; i < line->count; i++)
		most = MAX(most, line->values[i].value);
	if (memory->lines.count > 1 || !filter_spec_is_empty(view->spec) ||
	    facts->peak_bytes <= (double)most * 1.01)
		return;
	axis_add_amount(&peak, AXIS_BYTES, facts->peak_bytes);
	chart_add_note(memory->chart, "Between two looks it was higher: %s "
		       "at most.", strbuf_text(&peak));
	strbuf_release(&peak);
}

/* What is below the only line is filled, so that it reads as an amount. */
static void draw_area(const struct memory *memory, const double *values)
{
	struct chart *chart = memory->chart;

	canvas_open_group(chart->canvas, "area", NULL);
	chart_plot_steps(chart, &memory->axis, &memory->plot, NULL, values,
			 memory->slots.count, colour_mix(chart->theme->panel,
			 chart->theme->modules[0], 0.4));
	canvas_close_group(chart->canvas);
}

/* Of the whole at a time, what each of its parts is. */
static double sum_of_parts(const struct memory *memory, double ns)
{
	double sum = 0;

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		if (memory->parts[k].metric)
			sum += chart_series_at(&memory->parts[k], ns);
	}
	return sum;
}

/*
 * The parts are looked at more rarely than the whole: what they are of it
 * holds between two looks, so that they never stand above it.
 */
static void draw_parts(const struct memory *memory, const double *all)
{
	const size_t count = memory->slots.count;
	double *below = mem_calloc(count, sizeof(*below));
	double *above = mem_calloc(count, sizeof(*above));
	const double slot_ns = chart_slot_ns(&memory->slots);

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		const struct chart_series *part = &memory->parts[k];

		if (!part->metric)
			continue;
		for (size_t i = 0; i < count; i++) {
			const double at = memory->slots.from_ns +
					  (i + 0.5) * slot_ns;
			const double sum = sum_of_parts(memory, at);
			const bool known = !isnan(all[i]) && sum > 0;

			above[i] = below[i] + (known ? all[i] / sum *
					       chart_series_at(part, at) : 0);
		}
		canvas_open_group(memory->chart->canvas, "series",
				  kinds[k].text);
		chart_plot_steps(memory->chart, &memory->axis, &memory->plot,
				 below, above, count, memory->chart->theme->
				 modules[kinds[k].hue]);
		canvas_close_group(memory->chart->canvas);
		memcpy(below, above, count * sizeof(*below));
	}
	free(below);
	free(above);
}

static void draw_peak(const struct memory *memory, double value, double ns)
{
	struct chart *chart = memory->chart;
	const double slots_ns = memory->slots.to_ns - memory->slots.from_ns;
	const double x = memory->plot.x + memory->plot.width *
			 (ns - memory->slots.from_ns) / slots_ns;
	const double y = axis_at(&memory->axis, value);
	struct strbuf text = STRBUF_INIT;
	double width;

	strbuf_add(&text, "peak ");
	axis_add_amount(&text, chart_series_unit(&memory->lines.items[0]),
			value);
	strbuf_add(&text, " after ");
	units_add_duration(&text, ns);
	width = canvas_text_width(chart->canvas, &chart_small,
				  strbuf_text(&text));
	canvas_rect(chart->canvas, &(struct box){ x - 3, y - 3, 6, 6 },
		    chart->theme->accent);
	if (width < memory->plot.width)
		canvas_text(chart->canvas, MAX(memory->plot.x, MIN(
			    x - width / 2, memory->plot.x +
			    memory->plot.width - width)), y - 8, &chart_small,
			    chart->theme->ink, ANCHOR_START,
			    strbuf_text(&text));
	strbuf_release(&text);
}

static void draw_lines(struct memory *memory)
{
	struct chart *chart = memory->chart;
	const struct chart_theme *theme = chart->theme;
	const double room = memory->plot.height - PEAK_GAP;
	double *values[LINES];
	double peaks[LINES];
	double most = 0;

	for (size_t i = 0; i < memory->lines.count; i++) {
		values[i] = chart_series_slots(&memory->lines.items[i],
					       &memory->slots, &peaks[i]);
		for (size_t j = 0; j < memory->slots.count; j++)
			values[i][j] = values[i][j] < 0 ? 0 : values[i][j];
		most = MAX(most, chart_plot_most(values[i],
						 memory->slots.count));
	}
	memory->axis = axis_of(chart_series_unit(&memory->lines.items[0]),
			       most * memory->plot.height / MAX(room, 1.0),
			       memory->plot.y + memory->plot.height,
			       memory->plot.y, LINE_GAP);
	chart_y_axis(chart, &memory->axis, &memory->plot);
	if (memory->stacked)
		draw_parts(memory, values[0]);
	else if (memory->lines.count == 1)
		draw_area(memory, values[0]);
	for (size_t i = 0; i < memory->lines.count; i++) {
		canvas_open_group(chart->canvas, "series", NULL);
		chart_plot_line(chart, &memory->axis, &memory->plot,
				values[i], memory->slots.count,
				memory->stacked ? theme->accent :
				theme->modules[i]);
		canvas_close_group(chart->canvas);
		if (memory->lines.count == 1 && most > 0)
			draw_peak(memory, most, peaks[i]);
		free(values[i]);
	}
}

static void draw(struct memory *memory)
{
	struct chart *chart = memory->chart;
	struct axis times;

	memory->plot = chart->area;
	memory->plot.x += LABELS;
	memory->plot.width -= LABELS;
	memory->plot.height = MAX(1.0, memory->plot.height -
				  CHART_AXIS_HEIGHT);
	memory->slots = chart_slots_of(chart->view, MAX(1.0,
				       memory->plot.width / SLOT));
	times = axis_of(AXIS_NS, memory->slots.to_ns - memory->slots.from_ns,
			memory->plot.x, memory->plot.x + memory->plot.width,
			90);
	canvas_rect(chart->canvas, &memory->plot, chart->theme->panel);
	chart_x_axis(chart, &times, &memory->plot,
		     chart_slots_title(&memory->slots));
	draw_lines(memory);
}

static int memory_draw(struct chart *chart, struct error *err)
{
	struct memory memory = {
		.chart = chart,
		.name = chart->request->metric ? chart->request->metric :
			"memory.rss",
	};
	struct strbuf title = STRBUF_INIT;

	if (chart_series_get(&memory.lines, chart->view, memory.name,
			     err))
		return -1;
	keep_highest(&memory);
	note_negative(&memory);
	if (strcmp(memory.name, "memory.rss") == 0) {
		note_peak(&memory);
		find_parts(&memory);
		strbuf_add(&title, "resident memory over time");
	} else {
		strbuf_addf(&title, "%s over time %s", memory.name,
			    chart_series_unit_text(&memory.lines.items[0]));
	}
	add_legend(&memory);
	chart_begin(chart, strbuf_text(&title), HEIGHT);
	draw(&memory);
	strbuf_release(&title);
	chart_series_vec_release(&memory.lines);
	return 0;
}

const struct chart_kind chart_memory = {
	.name = "memory",
	.summary = "memory over time, or another --metric",
	.any_metric = true,
	.draw = memory_draw,
};
