/* SPDX-License-Identifier: MIT */
#include "render/export_metric.h"

#include "base/clock.h"
#include "profile/series.h"
#include "render/chart_series.h"

#include <inttypes.h>
#include <math.h>

enum {
	EDGES_MAX = 1000	/* of more, only the values inside are told */
};

uint32_t export_metric_process(const struct profile *profile, size_t metric)
{
	const struct metric *m = &profile->metrics.items[metric].metric;

	if (m->scope == METRIC_OF_THREAD)
		return profile->threads.items[m->owner].begin.process;
	if (m->scope == METRIC_OF_PROCESS)
		return m->owner;
	for (size_t i = 0; i < profile->processes.count; i++) {
		if (profile->processes.items[i].begin.run == m->owner)
			return i;
	}
	return ID_NONE;
}

static void add_rates(struct metric_point_vec *points)
{
	for (size_t i = 1; i < points->count; i++) {
		struct metric_point *before = &points->items[i - 1];
		struct metric_point *point = &points->items[i];

		/* Values are of any size: differences wrap, not overflow. */
		point->growth = (int64_t)((uint64_t)point->value -
					  (uint64_t)before->value);
		before->rate = (double)point->growth * NS_PER_S /
			       (point->time_ns - before->time_ns);
	}
}

struct collected {
	struct metric_point_vec *points;
	uint64_t offset_ns;	/* from times of the recording to the file's */
};

/* A file may say anything, also what no uint64_t holds. */
static uint64_t whole_ns(double ns)
{
	return (uint64_t)MAX(0.0, MIN(9e18, ns));
}

/* A time that comes twice is one point. */
static void add_point(const struct collected *to, uint64_t time_ns,
		      int64_t value)
{
	struct metric_point_vec *points = to->points;
	const struct metric_point point = {
		.time_ns = time_ns + to->offset_ns, .value = value };

	if (points->count &&
	    points->items[points->count - 1].time_ns >= point.time_ns)
		points->items[points->count - 1].value = value;
	else
		metric_point_vec_push(points, point);
}

/* Where time that is asked for cuts the series, it has a value, too. */
static void add_edge(const struct collected *to,
		     const struct chart_series *series, double ns)
{
	const double value = chart_series_at(series, ns);

	add_point(to, series->begin_ns + whole_ns(ns),
		  llround(MAX(-9e18, MIN(9e18, value))));
}

/* What of the series lies in the span; `*next` is the first value to see. */
static void add_span(const struct collected *to,
		     const struct chart_series *series,
		     const struct filter_span *span, bool edges, size_t *next)
{
	const double first_ns = span->from_ns, last_ns = span->to_ns;
	const double end_ns = chart_series_end(series);

	if (chart_series_start(series) > last_ns || end_ns < first_ns)
		return;
	if (edges && chart_series_start(series) < first_ns)
		add_edge(to, series, first_ns);
	for (; *next < series->count; ++*next) {
		const struct metric_value *value = &series->values[*next];
		const double ns = (double)value->time_ns - series->begin_ns;

		if (ns > last_ns)
			break;
		if (ns >= first_ns)
			add_point(to, value->time_ns, value->value);
	}
	if (end_ns > last_ns) {
		if (edges)
			add_edge(to, series, last_ns);
	} else if (series->held_ns) {
		add_point(to, series->begin_ns + whole_ns(end_ns),
			  series->values[series->count - 1].value);
	}
}

void export_metric_points(struct metric_point_vec *points,
			  const struct view *view,
			  const struct timeline *timeline, size_t metric)
{
	const struct profile *profile = view->profile;
	const struct profile_metric *m = &profile->metrics.items[metric];
	const struct chart_series series = chart_series_of(profile, m);
	const uint32_t run = metric_run(profile, m);
	const uint32_t file = profile->runs.items[run].file;
	const struct collected to = { points, timeline->offsets.items[file] };
	const struct filter_span *spans;
	struct filter_span whole;
	size_t count, next = 0;

	if (!m->count || !metric_fits(profile, m, view->filter))
		return;
	count = filter_spans(view->filter, run, &whole, &spans);
	for (size_t i = 0; i < count; i++)
		add_span(&to, &series, &spans[i], count <= EDGES_MAX, &next);
	add_rates(points);
}

void export_metric_name(struct strbuf *out, const struct profile *profile,
			size_t metric)
{
	const struct metric *m = &profile->metrics.items[metric].metric;

	strbuf_add(out, *m->name ? m->name : "counter");
	if (m->scope == METRIC_OF_THREAD)
		strbuf_addf(out, " [%" PRId32 "]",
			    profile->threads.items[m->owner].begin.tid);
	else if (m->scope == METRIC_OF_RUN && profile->processes.count > 1)
		strbuf_add(out, " (all processes)");
}
