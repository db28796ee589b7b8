/* SPDX-License-Identifier: MIT */
#include "render/metrics_view.h"

#include "base/json.h"

#include <math.h>
#include <stdlib.h>

enum {
	PIECES = 100		/* of a run, in the timeline */
};

static json_t *number(double value)
{
	if (isnan(value))
		return json_null();
	if (value == floor(value) && fabs(value) < 9e15)
		return json_integer((json_int_t)value);
	return json_real(value);
}

static void put_owner(json_t *object, const struct profile *profile,
		      const struct metric *metric)
{
	const struct thread *thread;
	uint32_t process = metric->owner;

	if (metric->scope == METRIC_OF_THREAD) {
		thread = &profile->threads.items[metric->owner].begin;
		json_put(object, "tid", json_integer(thread->tid));
		json_put(object, "thread", json_text(
			profile->threads.items[metric->owner].name));
		process = thread->process;
	} else if (metric->scope != METRIC_OF_PROCESS) {
		return;
	}
	json_put(object, "pid", json_integer(
		profile->processes.items[process].begin.pid));
	json_put(object, "process", json_text(
		profile->processes.items[process].begin.name));
}

static void put_facts(json_t *object, const struct series_facts *facts,
		      const struct metric *metric)
{
	json_put(object, "first", number(facts->first));
	json_put(object, "last", number(facts->last));
	json_put(object, "min", number(facts->least));
	json_put(object, "max", number(facts->most));
	json_put(object, "max_ns", json_count(facts->most_ns));
	if (metric->kind == METRIC_GAUGE) {
		json_put(object, "mean", number(facts->mean));
		return;
	}
	json_put(object, "total", number(facts->growth));
	json_put(object, "per_second", number(facts->rate));
	json_put(object, "max_per_second", number(facts->most_rate));
}

/* The values as they stand in the file, times since the run's start. */
static void put_values(json_t *object, const struct view *view,
		       const struct profile_metric *metric, uint32_t run)
{
	const struct profile *profile = view->profile;
	const uint64_t start_ns = profile->runs.items[run].begin.start_ns;
	json_t *times = json_array(), *values = json_array();
	const struct filter_span *spans;
	struct filter_span whole;
	const size_t count = filter_spans(view->filter, run, &whole, &spans);
	size_t span = 0;

	for (size_t i = 0; i < metric->count; i++) {
		const struct metric_value *value =
			&profile->values.items[metric->first + i];
		const uint64_t ns = value->time_ns - MIN(value->time_ns,
							 start_ns);

		while (span < count && spans[span].to_ns < ns)
			span++;
		if (span == count || ns < spans[span].from_ns)
			continue;
		json_push(times, json_count(ns));
		json_push(values, json_integer(value->value));
	}
	json_put(object, "times_ns", times);
	json_put(object, "values", values);
}

static json_t *series_json(const struct view *view, uint32_t id, uint32_t run)
{
	const struct profile_metric *metric =
		&view->profile->metrics.items[id];
	const struct metric *what = &metric->metric;
	struct series_facts facts;
	json_t *object;

	if (!series_facts_init(&facts, view->profile, metric, view->filter))
		return NULL;
	object = json_object();
	json_put(object, "name", json_text(what->name));
	json_put(object, "source", json_text(what->source));
	json_put(object, "kind", json_text(metric_kind_name(what->kind)));
	json_put(object, "unit", json_text(metric_unit_name(what->unit)));
	json_put(object, "scope", json_text(metric_scope_name(what->scope)));
	put_owner(object, view->profile, what);
	put_facts(object, &facts, what);
	put_values(object, view, metric, run);
	return object;
}

static json_t *collectors_json(const struct profile *profile, uint32_t run)
{
	json_t *array = json_array();

	for (size_t i = 0; i < profile->collectors.count; i++) {
		const struct collector_report *report =
			&profile->collectors.items[i];
		json_t *object;

		if (report->run != run)
			continue;
		object = json_object();
		json_put(object, "name", json_text(report->name));
		json_put(object, "note", json_text(report->note));
		json_put(object, "looks", json_count(report->reads));
		json_put(object, "cost_ns", json_count(report->cost_ns));
		json_put(object, "period_ns", json_count(report->period_ns));
		json_push(array, object);
	}
	return array;
}

static json_t *numbers_json(const double *numbers, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_push(array, number(numbers[i]));
	return array;
}

static void put_threads(json_t *object, const struct view *view, uint32_t run,
			uint64_t end_ns)
{
	const uint64_t from_ns = view->filter->from_ns;
	double running[PIECES], waiting[PIECES];

	threads_in_pieces(running, waiting, PIECES, MAX(end_ns, from_ns),
			  view, run);
	json_put(object, "piece_ns", number((double)(end_ns - MIN(from_ns,
								  end_ns)) /
					    PIECES));
	json_put(object, "running", numbers_json(running, PIECES));
	json_put(object, "waiting_for_cpu", numbers_json(waiting, PIECES));
}

static json_t *run_json(const struct view *view, uint32_t run)
{
	const struct profile_run *its = &view->profile->runs.items[run];
	const uint64_t end_ns = run_end_ns(view->profile, run, view->filter);
	const char *level = run_level_name(its->begin.level);
	json_t *object = json_object(), *series = json_array();
	struct u32_vec ids = VEC_INIT;

	json_put(object, "run", json_count(run));
	json_put(object, "level", level ? json_text(level) : json_null());
	json_put(object, "length_ns", json_count(end_ns));
	metrics_of_run(&ids, view, run);
	for (size_t i = 0; i < ids.count; i++) {
		json_t *one = series_json(view, ids.items[i], run);

		if (one)
			json_push(series, one);
	}
	if (view->kind == VIEW_TIMELINE)
		put_threads(object, view, run, end_ns);
	json_put(object, "series", series);
	json_put(object, "collectors", collectors_json(view->profile, run));
	u32_vec_release(&ids);
	return object;
}

void metrics_json(json_t *root, const struct view *view)
{
	json_t *runs = json_array();

	json_put(root, "view", json_text(metrics_view_name(view->kind)));
	for (uint32_t run = 0; run < view->profile->runs.count; run++) {
		if (view->profile->runs.items[run].begin.kind == RUN_PROFILED)
			json_push(runs, run_json(view, run));
	}
	json_put(root, "runs", runs);
}
