/* SPDX-License-Identifier: MIT */
#include "profile/builder_state.h"

/* The profile's id of the file's owner `id`, or ID_NONE. */
static uint32_t owner_id(struct profile_builder *builder,
			 const struct metric *metric)
{
	const struct profile *profile = builder->profile;
	const struct bases *base = &builder->base;
	uint32_t first = base->run, count = profile->runs.count;
	const char *what = "run";

	if (metric->scope == METRIC_OF_PROCESS) {
		first = base->process;
		count = profile->processes.count;
		what = "process";
	} else if (metric->scope == METRIC_OF_THREAD) {
		first = base->thread;
		count = profile->threads.count;
		what = "thread";
	}
	if (metric->owner < count - first)
		return first + metric->owner;
	builder_fail(builder, what, metric->owner);
	return ID_NONE;
}

void builder_metric(struct sample_sink *sink, const struct metric *metric)
{
	struct profile_builder *builder = builder_of(sink);
	const uint32_t owner = owner_id(builder, metric);
	struct profile_metric *added;

	if (owner == ID_NONE)
		return;
	added = profile_metric_vec_add(&builder->profile->metrics);
	added->metric = *metric;
	added->metric.owner = owner;
	added->metric.name = builder_keep_name(builder, metric->name);
	added->metric.source = builder_keep_name(builder, metric->source);
}

void builder_values(struct sample_sink *sink,
		    const struct metric_value *values, size_t count)
{
	struct profile_builder *builder = builder_of(sink);
	struct profile *profile = builder->profile;
	const uint32_t metrics = profile->metrics.count -
				 builder->base.metric;

	for (size_t i = 0; i < count; i++) {
		struct metric_value value = values[i];

		if (value.metric >= metrics) {
			builder_fail(builder, "metric", value.metric);
			return;
		}
		value.metric += builder->base.metric;
		metric_value_vec_push(&profile->values, value);
	}
}

void builder_collector(struct sample_sink *sink,
		       const struct collector_report *report)
{
	struct profile_builder *builder = builder_of(sink);
	struct profile *profile = builder->profile;
	struct collector_report own = *report;

	if (report->run >= profile->runs.count - builder->base.run) {
		builder_fail(builder, "run", report->run);
		return;
	}
	own.run += builder->base.run;
	own.name = builder_keep_name(builder, report->name);
	own.note = builder_keep_name(builder, report->note);
	collector_report_vec_push(&profile->collectors, own);
}

void builder_finish_metrics(struct profile_builder *builder)
{
	struct profile *profile = builder->profile;
	struct metric_value_vec *values = &profile->values;

	metric_values_sort(values);
	for (size_t i = values->count; i-- > 0;) {
		struct profile_metric *metric =
			&profile->metrics.items[values->items[i].metric];

		metric->first = i;
		metric->count++;
	}
}
