/* SPDX-License-Identifier: MIT */
#include "render/metrics_view.h"

#include "base/clock.h"
#include "base/units.h"
#include "profile/shape.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const view_names[] = {
	[VIEW_MEMORY] = "memory",
	[VIEW_RESOURCES] = "resources",
	[VIEW_COUNTERS] = "counters",
	[VIEW_TIMELINE] = "timeline",
};

const char *metrics_view_name(enum view_kind kind)
{
	return view_names[kind];
}

int metrics_view_find(const char *name)
{
	for (int kind = VIEW_MEMORY; kind <= VIEW_TIMELINE; kind++) {
		if (strcmp(view_names[kind], name) == 0)
			return kind;
	}
	return -1;
}

bool metrics_view_shows(enum view_kind kind, const struct metric *metric)
{
	const bool counter = strcmp(metric->source, METRIC_COUNTER) == 0;
	const bool memory = strcmp(metric->source, "memory") == 0 ||
			    strcmp(metric->source, "space") == 0;

	switch (kind) {
	case VIEW_MEMORY:
		return memory;
	case VIEW_RESOURCES:
		return !memory && !counter;
	case VIEW_COUNTERS:
		return counter;
	default:
		return true;
	}
}

/* What people ask for first comes first; all else by name. */
static size_t name_rank(const char *name)
{
	static const char *const first[] = {
		"memory.rss", "memory.pss", "memory.", "space.", "cpu.time",
		"cpu.wait", "cpu.", "io.", "net.", "gpu.", "files.",
		"machine.",
	};
	size_t rank = 0;

	while (rank < ARRAY_SIZE(first) &&
	       strncmp(name, first[rank], strlen(first[rank])) != 0)
		rank++;
	return rank;
}

/* With the id in it, for qsort(3). */
struct placed_metric {
	const struct profile_metric *metric;
	uint32_t id;
	size_t rank;
};

static int compare_metrics(const void *a, const void *b)
{
	const struct placed_metric *x = a, *y = b;
	int order;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	order = strcmp(x->metric->metric.name, y->metric->metric.name);
	if (order)
		return order;
	if (x->metric->metric.scope != y->metric->metric.scope)
		return x->metric->metric.scope < y->metric->metric.scope ?
			-1 : 1;
	return x->id < y->id ? -1 : 1;
}

static void sort_ids(struct u32_vec *ids, const struct profile *profile)
{
	struct placed_metric *placed = mem_calloc(ids->count + 1,
						  sizeof(*placed));

	for (size_t i = 0; i < ids->count; i++) {
		placed[i].id = ids->items[i];
		placed[i].metric = &profile->metrics.items[ids->items[i]];
		placed[i].rank = name_rank(placed[i].metric->metric.name);
	}
	qsort(placed, ids->count, sizeof(*placed), compare_metrics);
	for (size_t i = 0; i < ids->count; i++)
		ids->items[i] = placed[i].id;
	free(placed);
}

void metrics_of_run(struct u32_vec *ids, const struct view *view,
		    uint32_t run)
{
	const struct profile *profile = view->profile;

	for (uint32_t i = 0; i < profile->metrics.count; i++) {
		const struct profile_metric *metric =
			&profile->metrics.items[i];

		if (metric->count && metric_run(profile, metric) == run &&
		    metrics_view_shows(view->kind, &metric->metric) &&
		    metric_fits(profile, metric, view->filter))
			u32_vec_push(ids, i);
	}
	sort_ids(ids, profile);
}

bool metric_in_charts(const struct profile_metric *metric)
{
	return metric->metric.scope == METRIC_OF_RUN ||
	       metric->metric.scope == METRIC_OF_MACHINE ||
	       metrics_view_shows(VIEW_COUNTERS, &metric->metric);
}

static void add_number(struct strbuf *out, double value)
{
	/* Digits that nobody counts are no help. */
	if ((value < 1000 && value != floor(value)) || value >= 1e13)
		strbuf_addf(out, "%.3g", value);
	else
		units_add_count(out, units_whole(value));
}

void metric_add_value(struct strbuf *out, enum metric_unit unit, double value)
{
	if (value < 0)
		strbuf_add_char(out, '-');
	value = fabs(value);
	switch (unit) {
	case METRIC_BYTES:
		units_add_bytes(out, units_whole(value));
		break;
	case METRIC_NS:
		units_add_duration(out, units_whole(value));
		break;
	case METRIC_PPM:
		strbuf_addf(out, "%.3g%%", value / 10000);
		break;
	default:
		add_number(out, value);
		break;
	}
}

void metric_add_rate(struct strbuf *out, enum metric_unit unit, double rate)
{
	if (unit == METRIC_NS) {
		/* Time for time: a share of one CPU. */
		strbuf_addf(out, "%.3g%%", rate * 100 / NS_PER_S);
		return;
	}
	if (unit != METRIC_BYTES && rate < 1000 && rate > -1000)
		strbuf_addf(out, "%.3g", rate);
	else
		metric_add_value(out, unit, round(rate));
	strbuf_add(out, "/s");
}

void metric_add_name(struct strbuf *out, const struct profile *profile,
		     const struct profile_metric *metric)
{
	const uint32_t owner = metric->metric.owner;

	strbuf_add(out, metric->metric.name);
	if (metric->metric.scope == METRIC_OF_PROCESS &&
	    profile->processes.count > 1) {
		const struct process *process =
			&profile->processes.items[owner].begin;

		strbuf_addf(out, " (%s %" PRId32 ")", process->name,
			    process->pid);
	} else if (metric->metric.scope == METRIC_OF_THREAD) {
		const struct profile_thread *thread =
			&profile->threads.items[owner];

		strbuf_addf(out, " (%s %" PRId32 ")", thread->name,
			    thread->begin.tid);
	}
}

void memory_add_facts(struct strbuf *out, const struct memory_facts *memory,
		      uint64_t peak_ns)
{
	if (!memory->peak_bytes)
		return;
	units_add_bytes(out, memory->initial_bytes);
	strbuf_add(out, " at first, ");
	units_add_bytes(out, memory->peak_bytes);
	strbuf_add(out, " at the peak (after ");
	units_add_duration(out, peak_ns);
	strbuf_add(out, "), ");
	units_add_bytes(out, memory->final_bytes);
	strbuf_add(out, " at last");
}

void memory_add_text(struct strbuf *out, const struct overview *overview)
{
	const struct memory_facts *memory = &overview->memory;
	const uint64_t largest = overview->peak_memory_bytes;
	const uint64_t apart = MAX(largest, memory->peak_bytes) -
			       MIN(largest, memory->peak_bytes);

	memory_add_facts(out, memory, memory->peak_ns);
	/* Of one process, both are the same, but for the kernel's rounding. */
	if (largest && apart > memory->peak_bytes / 20) {
		strbuf_add(out, out->len ? "; " : "");
		units_add_bytes(out, largest);
		strbuf_add(out, " at the peak of the largest process");
	}
}

/* Add `weight` to the pieces that [from, to] crosses, by length. */
static void spread(double *pieces, size_t count, double width, uint64_t from,
		   uint64_t to, double weight)
{
	const double length = MAX((double)to - from, 1.0);
	size_t i = MIN((size_t)(from / width), count - 1);

	for (; i < count && i * width < to; i++) {
		const double start = MAX((double)from, i * width);
		const double end = MIN((double)to, (i + 1) * width);

		if (end > start)
			pieces[i] += weight * (end - start) / length;
	}
}

void threads_in_pieces(double *running, double *waiting, size_t count,
		       uint64_t end_ns, const struct view *view, uint32_t run)
{
	const struct profile *profile = view->profile;
	const struct profile_run *its = &profile->runs.items[run];
	const uint64_t from_ns = view->filter->from_ns;
	const double width = (double)(end_ns - from_ns) / count;
	struct shapes shapes;

	for (size_t i = 0; i < count; i++)
		running[i] = waiting[i] = 0;
	shapes_init(&shapes, profile);
	for (size_t i = 0; i < profile->samples.count && width > 0; i++) {
		const struct sample *sample = &profile->samples.items[i];
		uint64_t from, to, wall_ns, cpu_ns;
		struct sample shape;

		if (profile_sample_run(profile, sample) != its ||
		    !filter_sample(view->filter, profile, sample, &wall_ns,
				   &cpu_ns))
			continue;
		to = sample->time_ns - MIN(sample->time_ns,
					   its->begin.start_ns + from_ns);
		from = to - MIN(to, sample->length_ns);
		shape = shape_of(&shapes, sample, wall_ns, cpu_ns);
		spread(running, count, width, from, to, shape.cpu_ns / width);
		if (sample->state == STATE_RUNNABLE)
			spread(waiting, count, width, from, to,
			       shape.wall_ns / width);
	}
	shapes_release(&shapes);
}
