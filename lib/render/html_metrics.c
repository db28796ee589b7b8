/* SPDX-License-Identifier: MIT */
#include "render/html_metrics.h"

#include "profile/regions.h"
#include "render/chart_series.h"

#include <math.h>

enum {
	METRICS_MAX = 64,
	CALLS_MAX = 10000,	/* more are not drawn */
	COUNTERS_MAX = 4,	/* in the table of regions */
	THOUSANDTHS = 1000
};

#define EXACT_MAX 9e15		/* what a page's numbers hold */

/* What a person wants beside the threads; the rest is in a table. */
static bool is_drawn(const struct metric *metric)
{
	static const char *const drawn[] = {
		"cpu.time", "memory.rss", "io.read", "io.written",
		"net.received",
		"net.sent", "gpu.busy", "gpu.memory"
	};

	if (strcmp(metric->source, METRIC_COUNTER) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(drawn); i++) {
		if (strcmp(metric->name, drawn[i]) == 0)
			return true;
	}
	return false;
}

static void add_up(double *sum, const double *one, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!isnan(one[i]))
			sum[i] = isnan(sum[i]) ? one[i] : sum[i] + one[i];
	}
}

/* What a page cannot count exactly, it need not. */
static json_t *exact_json(double value)
{
	return json_integer(MAX(-EXACT_MAX, MIN(EXACT_MAX, round(value))));
}

static json_t *values_json(const struct chart_series_vec *series,
			   const struct chart_slots *slots)
{
	double *sum = mem_calloc(slots->count, sizeof(*sum));
	json_t *array = json_array();

	for (size_t i = 0; i < slots->count; i++)
		sum[i] = NAN;
	for (size_t i = 0; i < series->count; i++) {
		double *one = chart_series_slots(&series->items[i], slots,
						 NULL);

		add_up(sum, one, slots->count);
		free(one);
	}
	for (size_t i = 0; i < slots->count; i++) {
		const double value = sum[i] * THOUSANDTHS;

		json_push(array, isnan(value) ? json_null() :
			  exact_json(value));
	}
	free(sum);
	return array;
}

/* Time that grows by so many seconds in a second. */
static const char *unit_name(const struct chart_series *series)
{
	const struct metric *metric = &series->metric->metric;

	if (metric->unit == METRIC_NS && metric->kind == METRIC_CUMULATIVE)
		return "seconds";
	switch (chart_series_unit(series)) {
	case AXIS_NS:
		return "ns";
	case AXIS_BYTES:
		return "bytes";
	default:
		return "number";
	}
}

static json_t *metric_json(const struct chart_series_vec *series,
			   const struct chart_slots *slots)
{
	const struct metric *metric = &series->items[0].metric->metric;
	json_t *object = json_object();

	json_put(object, "name", json_text(metric->name));
	json_put(object, "source", json_text(metric->source));
	json_put(object, "kind", json_text(metric_kind_name(metric->kind)));
	json_put(object, "unit", json_text(unit_name(&series->items[0])));
	json_put(object, "drawn", json_boolean(is_drawn(metric)));
	json_put(object, "values", values_json(series, slots));
	return object;
}

json_t *html_metrics_json(const struct view *view, uint64_t duration_ns,
			  size_t slots)
{
	const struct profile *profile = view->profile;
	const struct chart_slots all = {
		.view = view, .to_ns = MAX(duration_ns, UINT64_C(1)),
		.count = slots
	};
	json_t *array = json_array();

	for (size_t i = 0; i < profile->metrics.count; i++) {
		struct chart_series_vec series;

		if (json_array_size(array) == METRICS_MAX ||
		    chart_series_told_before(profile, i))
			continue;
		chart_series_find(&series, view,
				  profile->metrics.items[i].metric.name);
		if (series.count)
			json_push(array, metric_json(&series, &all));
		chart_series_vec_release(&series);
	}
	return array;
}

static json_t *counters_json(const struct region_counters *counters,
			     size_t row)
{
	json_t *array = json_array();

	for (size_t i = 0; i < MIN(counters->counters.count,
				   (size_t)COUNTERS_MAX); i++) {
		const struct region_counter *counter =
			&counters->counters.items[i];
		const struct region_counter_use *use =
			region_counters_use(counters, row, i);
		json_t *object = json_object();

		json_put(object, "name", json_text(counter->name));
		json_put(object, "unit", json_text(metric_unit_name(
			 counter->unit)));
		json_put(object, "known", json_boolean(use->known));
		json_put(object, "change", exact_json(use->change));
		json_put(object, "most", exact_json(use->most));
		json_push(array, object);
	}
	return array;
}

static json_t *region_json(const struct region_rows *rows, size_t i)
{
	const struct region_row *row = &rows->rows.items[i];
	const struct region_use *use = &row->use;
	json_t *object = json_object();

	json_put(object, "name", json_text(row->name));
	json_put(object, "depth", json_count(row->depth));
	json_put(object, "event", json_boolean(row->kind == REGION_EVENT));
	json_put(object, "calls", json_count(row->calls));
	json_put(object, "total", json_count(row->total_ns));
	json_put(object, "self", json_count(row->self_ns));
	json_put(object, "max", json_count(row->max_ns));
	json_put(object, "p95", json_count(row->p95_ns));
	json_put(object, "cpu", json_count(row->cpu_ns));
	json_put(object, "memory", json_boolean(use->memory_known));
	json_put(object, "change", exact_json(use->memory_change));
	json_put(object, "peak", exact_json(use->memory_peak));
	json_put(object, "counters", counters_json(&rows->counters, i));
	return object;
}

static void regions_of(struct region_rows *rows, const struct view *view)
{
	region_rows_init(rows, view->profile, view->filter, view->spec,
			 view->overview);
}

json_t *html_regions_json(const struct view *view)
{
	struct region_rows rows;
	json_t *array = json_array();

	regions_of(&rows, view);
	for (size_t i = 0; i < rows.rows.count; i++)
		json_push(array, region_json(&rows, i));
	region_rows_release(&rows);
	return array;
}

static uint64_t length_of(const struct profile_call *call)
{
	return call->call.end_ns - call->call.start_ns;
}

static int longer(const void *a, const void *b)
{
	const struct profile_call *const *x = a, *const *y = b;

	if (length_of(*x) != length_of(*y))
		return length_of(*x) < length_of(*y) ? 1 : -1;
	return (*x > *y) - (*x < *y);
}

static json_t *call_json(const struct profile *profile,
			 const struct profile_call *call, uint32_t row,
			 uint32_t depth)
{
	const uint32_t process = profile->threads.items[call->thread].begin
				 .process;
	const uint64_t begin = profile->runs.items[profile->processes.items[
		process].begin.run].begin.start_ns;
	json_t *array = json_array();

	json_push(array, json_count(call->thread));
	json_push(array, json_count(row));
	json_push(array, json_count(depth));
	json_push(array, json_count(MAX(call->call.start_ns, begin) - begin));
	json_push(array, json_count(length_of(call)));
	return array;
}

/* The outer ones are the longest: they are drawn before what is in them. */
json_t *html_calls_json(const struct view *view)
{
	const struct profile *profile = view->profile;
	const struct profile_call **order =
		mem_calloc(profile->calls.count + 1, sizeof(*order));
	json_t *array = json_array();
	struct region_rows rows;

	regions_of(&rows, view);
	for (size_t i = 0; i < profile->calls.count; i++)
		order[i] = &profile->calls.items[i];
	if (profile->calls.count)
		qsort(order, profile->calls.count, sizeof(*order), longer);
	for (size_t i = 0; i < profile->calls.count && i < CALLS_MAX; i++) {
		const uint32_t row = rows.row_of.items[order[i]->call.region];

		if (row < rows.rows.count)
			json_push(array, call_json(profile, order[i], row,
						   rows.rows.items[row]
						   .depth));
	}
	region_rows_release(&rows);
	free(order);
	return array;
}
