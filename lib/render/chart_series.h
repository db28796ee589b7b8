/* SPDX-License-Identifier: MIT */
/* Metrics over the time of a chart. */
#ifndef CPROF_RENDER_CHART_SERIES_H
#define CPROF_RENDER_CHART_SERIES_H

#include "render/chart.h"
#include "render/chart_slots.h"

/* One metric of one owner. */
struct chart_series {
	const struct profile_metric *metric;
	const struct metric_value *values;
	size_t count;			/* at least 1 */
	uint64_t begin_ns;		/* of its run; time counts from here */
	uint64_t held_ns;		/* the last value holds so long; or 0 */
};

VEC_DEFINE(chart_series_vec, struct chart_series);

/*
 * Those called `name` that the view's filter keeps, of the widest owners that
 * there are: of a run rather than of its processes, of these rather than of
 * threads.  To be released.
 */
void chart_series_find(struct chart_series_vec *found,
		       const struct view *view, const char *name);

/* One that has values. */
struct chart_series chart_series_of(const struct profile *profile,
				    const struct profile_metric *metric);

/* Has a metric before this one, as the profile has them, its name? */
bool chart_series_told_before(const struct profile *profile, size_t metric);

/*
 * ERROR_NOT_FOUND with the metrics that there are, when `name` is none.
 * `found` is to be released after success.
 */
int chart_series_get(struct chart_series_vec *found,
		     const struct view *view, const char *name,
		     struct error *err);

/*
 * Its value `ns` after the begin of the run: on the line between two, or,
 * where each holds until the next (profile/series.h), the one before.
 */
double chart_series_at(const struct chart_series *series, double ns);

/*
 * Between two times at which there is a value: the highest of a gauge, what a
 * sum grows in a second; see chart_series_scale().
 */
double chart_series_between(const struct chart_series *series, double from,
			    double to);

/* The first and the last time there is a value, as above. */
double chart_series_start(const struct chart_series *series);
double chart_series_end(const struct chart_series *series);

/*
 * What a line shows in each slot, by slot; NAN where nobody looked.  Of a
 * gauge the highest value, of a sum its growth in a second; `*peak_ns` (may
 * be NULL) is when the highest of all was.  The caller free()s it.
 */
double *chart_series_slots(const struct chart_series *series,
			   const struct chart_slots *slots, double *peak_ns);

/* The axis for it, and what a person is told of its unit: "", "per second" */
enum axis_unit chart_series_unit(const struct chart_series *series);
const char *chart_series_unit_text(const struct chart_series *series);

/*
 * In values of that axis: a time that grows is a number (of cores), parts
 * per million are parts.
 */
double chart_series_scale(const struct chart_series *series);

/* Whose it is: "worker [4712]", "run 2"; "" for the only run. */
void chart_series_add_owner(struct strbuf *out, const struct profile *profile,
			    const struct chart_series *series);

#endif
