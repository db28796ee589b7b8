/* SPDX-License-Identifier: MIT */
#include "render/chart_series.h"

#include "base/clock.h"
#include "profile/rows.h"
#include "profile/series.h"

#include <inttypes.h>
#include <math.h>

enum { NAMES_TOLD = 24 };

struct chart_series chart_series_of(const struct profile *profile,
				    const struct profile_metric *metric)
{
	const uint32_t run = metric_run(profile, metric);

	return (struct chart_series){
		.metric = metric,
		.values = metric->count ?
			  &profile->values.items[metric->first] : NULL,
		.count = metric->count,
		.begin_ns = profile->runs.items[run].begin.start_ns,
		.held_ns = metric_has_steps(metric) ?
			   metric_end_ns(profile, metric) : 0,
	};
}

void chart_series_find(struct chart_series_vec *found,
		       const struct view *view, const char *name)
{
	const struct profile *profile = view->profile;
	/* From the widest to the narrowest. */
	static const uint8_t scopes[] = {
		METRIC_OF_RUN, METRIC_OF_MACHINE, METRIC_OF_PROCESS,
		METRIC_OF_THREAD
	};

	*found = (struct chart_series_vec)VEC_INIT;
	for (size_t s = 0; s < ARRAY_SIZE(scopes) && !found->count; s++) {
		for (size_t i = 0; i < profile->metrics.count; i++) {
			const struct profile_metric *m =
				&profile->metrics.items[i];

			if (m->metric.scope != scopes[s] || !m->count ||
			    strcmp(m->metric.name, name) != 0 ||
			    !metric_fits(profile, m, view->filter))
				continue;
			chart_series_vec_push(found,
					      chart_series_of(profile, m));
		}
	}
}

bool chart_series_told_before(const struct profile *profile, size_t metric)
{
	for (size_t i = 0; i < metric; i++) {
		if (strcmp(profile->metrics.items[i].metric.name,
			   profile->metrics.items[metric].metric.name) == 0)
			return true;
	}
	return false;
}

int chart_series_get(struct chart_series_vec *found,
		     const struct view *view, const char *name,
		     struct error *err)
{
	const struct profile *profile = view->profile;
	struct strbuf names = STRBUF_INIT;
	size_t told = 0;

	chart_series_find(found, view, name);
	if (found->count)
		return 0;
	for (size_t i = 0; i < profile->metrics.count && told < NAMES_TOLD;
	     i++) {
		const struct profile_metric *m = &profile->metrics.items[i];

		if (!m->count || !metric_fits(profile, m, view->filter) ||
		    chart_series_told_before(profile, i))
			continue;
		strbuf_addf(&names, "%s%s", told++ ? ", " : "",
			    profile->metrics.items[i].metric.name);
	}
	error_set(err, ERROR_NOT_FOUND, "no metric '%s' in %s%s%s", name,
		  view->filter->threads.count ?
		  "that part of the profile" : "the profile",
		  told ? "; there is " :
		  ": it has none (see cprof record --level)",
		  strbuf_text(&names));
	strbuf_release(&names);
	return -1;
}

static double time_of(const struct chart_series *series, size_t i)
{
	return (double)series->values[i].time_ns - (double)series->begin_ns;
}

double chart_series_start(const struct chart_series *series)
{
	return time_of(series, 0);
}

double chart_series_end(const struct chart_series *series)
{
	return MAX(time_of(series, series->count - 1),
		   (double)series->held_ns);
}

/* The first value at or after `ns`; series->count: there is none. */
static size_t find_time(const struct chart_series *series, double ns)
{
	size_t from = 0, to = series->count;

	while (from < to) {
		const size_t middle = from + (to - from) / 2;

		if (time_of(series, middle) < ns)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* Of several that were set at `ns`, the last. */
static double level_at(const struct chart_series *series, double ns)
{
	size_t next = find_time(series, ns);

	while (next < series->count && time_of(series, next) <= ns)
		next++;
	return series->values[next - (next > 0)].value;
}

double chart_series_at(const struct chart_series *series, double ns)
{
	const size_t next = find_time(series, ns);
	double before, after, from, to;

	if (metric_has_steps(series->metric))
		return level_at(series, ns);
	if (next == 0)
		return series->values[0].value;
	if (next == series->count)
		return series->values[series->count - 1].value;
	from = time_of(series, next - 1);
	to = time_of(series, next);
	before = series->values[next - 1].value;
	after = series->values[next].value;
	return to > from ? before + (after - before) * (ns - from) /
	       (to - from) : after;
}

/* The highest value between two times, and when. */
static double highest(const struct chart_series *series, double from,
		      double to, double *when)
{
	double most = chart_series_at(series, from);
	const double last = chart_series_at(series, to);

	*when = from;
	for (size_t i = find_time(series, from);
	     i < series->count && time_of(series, i) <= to; i++) {
		if (series->values[i].value > most) {
			most = series->values[i].value;
			*when = time_of(series, i);
		}
	}
	if (last > most) {
		most = last;
		*when = to;
	}
	return most;
}

double chart_series_scale(const struct chart_series *series)
{
	const struct metric *metric = &series->metric->metric;

	if (metric->unit == METRIC_PPM)
		return 1e-6;
	if (metric->unit == METRIC_NS && metric->kind == METRIC_CUMULATIVE)
		return 1e-9;
	return 1;
}

enum axis_unit chart_series_unit(const struct chart_series *series)
{
	const struct metric *metric = &series->metric->metric;

	if (metric->unit == METRIC_BYTES)
		return AXIS_BYTES;
	if (metric->unit == METRIC_NS && metric->kind != METRIC_CUMULATIVE)
		return AXIS_NS;
	return AXIS_NUMBER;
}

const char *chart_series_unit_text(const struct chart_series *series)
{
	const struct metric *metric = &series->metric->metric;

	if (metric->kind != METRIC_CUMULATIVE)
		return metric->unit == METRIC_PPM ? "(1 is all)" : "";
	return metric->unit == METRIC_NS ? "(seconds per second)" :
	       "per second";
}

static double slot_value(const struct chart_series *series, double from,
			 double to, double *when)
{
	double first;

	*when = from;
	from = MAX(from, chart_series_start(series));
	to = MIN(to, chart_series_end(series));
	if (series->metric->metric.kind != METRIC_CUMULATIVE)
		return highest(series, from, to, when);
	first = chart_series_at(series, from);
	return to > from ? (chart_series_at(series, to) - first) /
	       (to - from) * NS_PER_S : 0;
}

double chart_series_between(const struct chart_series *series, double from,
			    double to)
{
	double when;

	return chart_series_scale(series) * slot_value(series, from, to,
						       &when);
}

/* Those in which no region that is asked for was open have no value. */
static void blank(double *values, const struct chart_series *series,
		  const struct chart_slots *slots)
{
	const struct view *view = slots->view;
	const double slot_ns = chart_slot_ns(slots);
	const struct filter_span *spans;
	struct filter_span whole;
	const size_t count = filter_spans(view->filter,
		metric_run(view->profile, series->metric), &whole, &spans);
	size_t first = 0;

	for (size_t i = 0; i < slots->count && view->filter->regions.count;
	     i++) {
		const double from = slots->from_ns + i * slot_ns;

		while (first < count && spans[first].to_ns < from)
			first++;
		if (first == count || spans[first].from_ns > from + slot_ns)
			values[i] = NAN;
	}
}

double *chart_series_slots(const struct chart_series *series,
			   const struct chart_slots *slots, double *peak_ns)
{
	const double slot_ns = chart_slot_ns(slots);
	double *values = mem_calloc(slots->count, sizeof(*values));
	double most = -INFINITY;

	for (size_t i = 0; i < slots->count; i++) {
		const double from = slots->from_ns + i * slot_ns;

		if (from > chart_series_end(series) ||
		    from + slot_ns < chart_series_start(series))
			values[i] = NAN;
	}
	blank(values, series, slots);
	for (size_t i = 0; i < slots->count; i++) {
		const double from = slots->from_ns + i * slot_ns;
		double when;

		if (isnan(values[i]))
			continue;
		values[i] = chart_series_scale(series) *
			    slot_value(series, from, from + slot_ns, &when);
		if (values[i] > most) {
			most = values[i];
			if (peak_ns)
				*peak_ns = when;
		}
	}
	return values;
}

void chart_series_add_owner(struct strbuf *out, const struct profile *profile,
			    const struct chart_series *series)
{
	const struct metric *metric = &series->metric->metric;

	if (metric->scope == METRIC_OF_THREAD)
		rows_add_thread(out, profile, metric->owner);
	else if (metric->scope == METRIC_OF_PROCESS)
		rows_add_process(out, profile, metric->owner);
	else if (profile->runs.count > 1)
		strbuf_addf(out, "run %" PRIu32, metric->owner + 1);
}
