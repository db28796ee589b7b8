/* SPDX-License-Identifier: MIT */
/* Metrics as formats with a time line have them. */
#ifndef CPROF_RENDER_EXPORT_METRIC_H
#define CPROF_RENDER_EXPORT_METRIC_H

#include "render/export_timeline.h"

/* One moment of a metric. */
struct metric_point {
	uint64_t time_ns;	/* as of the moments of the timeline */
	int64_t value;
	int64_t growth;		/* since the point before; the first has 0 */
	/* For sums: what it grows in a second until the next point. */
	double rate;
};

VEC_DEFINE(metric_point_vec, struct metric_point);

/*
 * Add the points of the metric that lie in the view's range of time, and in
 * the regions that it asks for; its values at the ends of these; and that of
 * a counter of the program where its last value ceases to hold.  A time that
 * comes twice is one point.
 */
void export_metric_points(struct metric_point_vec *points,
			  const struct view *view,
			  const struct timeline *timeline, size_t metric);

/* The process that it is shown with: of a run, the first one. */
uint32_t export_metric_process(const struct profile *profile, size_t metric);

/* Add its name, not escaped: "memory.rss", "io.read [4712]" */
void export_metric_name(struct strbuf *out, const struct profile *profile,
			size_t metric);

#endif
