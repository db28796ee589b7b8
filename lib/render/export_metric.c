/* SPDX-License-Identifier: MIT */
#include "render/export_metric.h"

#include "base/clock.h"
#include "profile/series.h"

#include <inttypes.h>

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

static bool is_inside(const struct view *view, const struct profile_run *run,
		      uint64_t time_ns)
{
	const uint64_t begin = run->begin.start_ns;
	const uint64_t since = time_ns > begin ? time_ns - begin : 0;

	return since >= view->filter->from_ns && since <= view->filter->to_ns;
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

void export_metric_points(struct metric_point_vec *points,
			  const struct view *view,
			  const struct timeline *timeline, size_t metric)
{
	const struct profile *profile = view->profile;
	const struct profile_metric *m = &profile->metrics.items[metric];
	const struct profile_run *run =
		&profile->runs.items[metric_run(profile,
			&profile->metrics.items[metric])];

	for (size_t i = 0; i < m->count; i++) {
		const struct metric_value *value =
			&profile->values.items[m->first + i];
		const struct metric_point point = {
			.time_ns = value->time_ns +
				   timeline->offsets.items[run->file],
			.value = value->value,
		};

		if (!is_inside(view, run, value->time_ns))
			continue;
		if (points->count && points->items[points->count - 1].time_ns
		    >= point.time_ns)
			points->items[points->count - 1].value = point.value;
		else
			metric_point_vec_push(points, point);
	}
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
