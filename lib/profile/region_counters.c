/* SPDX-License-Identifier: MIT */
#include "profile/region_counters.h"

#include "base/mem.h"
#include "profile/region_spans.h"

#include <stdlib.h>
#include <string.h>

/* One series: a counter of a process, fit to be asked about many pieces. */
struct series {
	const struct metric_value *values;
	size_t count;
	double *area;		/* up to each value: value times time */
	double *most;		/* a tree: [count + i] is value i, */
				/* [i] the larger of [2 * i], [2 * i + 1] */
};

struct maker {
	struct region_counters *out;
	const struct profile *profile;
	const struct filter *filter;
	const struct u32_vec *row_of;
	struct series *series;		/* by process, then counter */
	struct region_stretch_vec stretches;
	/* By row: */
	uint64_t *first_ns, *last_ns;	/* first begin, last end; or 0 */
	/* By row, then counter: */
	double *area, *time_ns;
};

static bool is_counter(const struct profile_metric *metric)
{
	return metric->count && metric->metric.scope == METRIC_OF_PROCESS &&
	       strcmp(metric->metric.source, METRIC_COUNTER) == 0;
}

static size_t find(const struct region_counter_vec *counters, const char *name)
{
	size_t i = 0;

	while (i < counters->count && strcmp(counters->items[i].name, name))
		i++;
	return i;
}

static void add_counters(struct region_counters *out,
			 const struct profile *profile, bool bytes)
{
	for (size_t i = 0; i < profile->metrics.count; i++) {
		const struct profile_metric *metric =
			&profile->metrics.items[i];
		const bool has_bytes = metric->metric.unit == METRIC_BYTES;

		if (!is_counter(metric) || has_bytes != bytes ||
		    find(&out->counters, metric->metric.name) <
		    out->counters.count)
			continue;
		if (out->counters.count == REGION_COUNTERS_MAX)
			out->left_out++;
		else
			region_counter_vec_push(&out->counters,
						(struct region_counter){
				metric->metric.name, metric->metric.unit });
	}
}

static void series_init(struct series *series, const struct profile *profile,
			const struct profile_metric *metric)
{
	const size_t count = metric->count;

	series->values = &profile->values.items[metric->first];
	series->count = count;
	series->area = mem_calloc(count, sizeof(*series->area));
	series->most = mem_calloc(2 * count, sizeof(*series->most));
	for (size_t i = 0; i < count; i++) {
		series->most[count + i] = series->values[i].value;
		if (i)
			series->area[i] = series->area[i - 1] +
				(double)series->values[i - 1].value *
				(series->values[i].time_ns -
				 series->values[i - 1].time_ns);
	}
	for (size_t i = count; i-- > 1;)
		series->most[i] = MAX(series->most[2 * i],
				      series->most[2 * i + 1]);
}

static void find_series(struct maker *maker)
{
	const struct profile *profile = maker->profile;
	const size_t width = maker->out->counters.count;

	maker->series = mem_calloc(profile->processes.count * width + 1,
				   sizeof(*maker->series));
	for (size_t i = 0; i < profile->metrics.count; i++) {
		const struct profile_metric *metric =
			&profile->metrics.items[i];
		struct series *series;
		size_t at;

		if (!is_counter(metric))
			continue;
		at = find(&maker->out->counters, metric->metric.name);
		if (at == width)
			continue;
		series = &maker->series[metric->metric.owner * width + at];
		if (!series->count)
			series_init(series, profile, metric);
	}
}

/* The number of values that were set until then. */
static size_t set_until(const struct series *series, uint64_t time_ns)
{
	size_t low = 0, high = series->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (series->values[middle].time_ns <= time_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Value times time, from the first value on. */
static double area_until(const struct series *series, size_t set,
			 uint64_t time_ns)
{
	if (!set)
		return 0;
	return series->area[set - 1] + (double)series->values[set - 1].value *
	       (time_ns - series->values[set - 1].time_ns);
}

/* The most of the values [from, to), and `most`. */
static double most_of(const struct series *series, size_t from, size_t to,
		      double most)
{
	from += series->count;
	to += series->count;
	for (; from < to; from /= 2, to /= 2) {
		if (from % 2) {
			most = MAX(most, series->most[from]);
			from++;
		}
		if (to % 2) {
			to--;
			most = MAX(most, series->most[to]);
		}
	}
	return most;
}

static void use_series(struct maker *maker, size_t counter,
		       const struct series *series,
		       const struct region_stretch *call, bool attached)
{
	const size_t width = maker->out->counters.count, row = call->row;
	struct region_counter_use *use =
		&maker->out->uses[row * width + counter];
	const size_t in = set_until(series, call->start_ns);
	const size_t out = set_until(series, call->end_ns);
	const bool known = in || !attached;
	double before = 0, after;

	if (in)
		before = series->values[in - 1].value;
	else if (attached && out)
		before = series->values[0].value;
	if (!out)
		return;
	after = series->values[out - 1].value;
	if (!use->known || call->start_ns <= maker->first_ns[row]) {
		use->in = before;
		use->in_known = known;
	}
	if (!use->known || call->end_ns >= maker->last_ns[row])
		use->out = after;
	use->most = use->known ? MAX(use->most, after) : after;
	if (known)
		use->most = MAX(use->most, before);
	use->most = most_of(series, in, out, use->most);
	use->change += after - before;
	use->known = true;
	maker->area[row * width + counter] +=
		area_until(series, out, call->end_ns) -
		area_until(series, in, call->start_ns);
	maker->time_ns[row * width + counter] += call->end_ns -
		(known ? call->start_ns : series->values[0].time_ns);
}

static void note_call(void *context, const struct profile_call *call,
		      uint64_t slack_ns)
{
	struct maker *maker = context;
	const struct profile *profile = maker->profile;
	struct region_call part;

	if (filter_call(maker->filter, profile, call, &part))
		region_stretch_vec_push(&maker->stretches,
					(struct region_stretch){
			.row = maker->row_of->items[call->call.region],
			.owner = profile->threads.items[call->thread].begin
				 .process,
			.start_ns = part.start_ns, .end_ns = part.end_ns });
}

static void use_stretch(struct maker *maker,
			const struct region_stretch *stretch)
{
	const struct profile *profile = maker->profile;
	const size_t width = maker->out->counters.count;
	const uint32_t run =
		profile->processes.items[stretch->owner].begin.run;
	const bool attached = profile->runs.items[run].begin.flags &
			      RUN_ATTACHED;
	const uint32_t row = stretch->row;

	if (!maker->first_ns[row] || stretch->start_ns < maker->first_ns[row])
		maker->first_ns[row] = stretch->start_ns | 1;
	maker->last_ns[row] = MAX(maker->last_ns[row], stretch->end_ns);
	for (size_t i = 0; i < width; i++) {
		const struct series *series =
			&maker->series[stretch->owner * width + i];

		if (series->count)
			use_series(maker, i, series, stretch, attached);
	}
}

static void find_means(struct maker *maker, size_t cells)
{
	for (size_t i = 0; i < cells; i++) {
		struct region_counter_use *use = &maker->out->uses[i];

		use->mean = maker->time_ns[i] > 0 ?
			    maker->area[i] / maker->time_ns[i] : use->out;
	}
}

static void maker_release(struct maker *maker)
{
	const size_t count = maker->profile->processes.count *
			     maker->out->counters.count;

	for (size_t i = 0; i < count; i++) {
		free(maker->series[i].area);
		free(maker->series[i].most);
	}
	free(maker->series);
	free(maker->first_ns);
	free(maker->last_ns);
	free(maker->area);
	free(maker->time_ns);
	region_stretch_vec_release(&maker->stretches);
}

void region_counters_init(struct region_counters *counters,
			  const struct u32_vec *row_of, size_t rows,
			  const struct profile *profile,
			  const struct filter *filter)
{
	struct maker maker = {
		.out = counters, .profile = profile, .filter = filter,
		.row_of = row_of,
	};
	size_t cells;

	*counters = (struct region_counters){ .left_out = 0 };
	add_counters(counters, profile, true);
	add_counters(counters, profile, false);
	cells = rows * counters->counters.count;
	if (!cells)
		return;
	counters->uses = mem_calloc(cells, sizeof(*counters->uses));
	maker.first_ns = mem_calloc(rows, sizeof(*maker.first_ns));
	maker.last_ns = mem_calloc(rows, sizeof(*maker.last_ns));
	maker.area = mem_calloc(cells, sizeof(*maker.area));
	maker.time_ns = mem_calloc(cells, sizeof(*maker.time_ns));
	find_series(&maker);
	region_calls_visit(profile, note_call, &maker);
	region_stretches_merge(&maker.stretches);
	for (size_t i = 0; i < maker.stretches.count; i++)
		use_stretch(&maker, &maker.stretches.items[i]);
	find_means(&maker, cells);
	maker_release(&maker);
}

void region_counters_release(struct region_counters *counters)
{
	region_counter_vec_release(&counters->counters);
	free(counters->uses);
	counters->uses = NULL;
}

const struct region_counter_use *
region_counters_use(const struct region_counters *counters, size_t row,
		    size_t counter)
{
	return &counters->uses[row * counters->counters.count + counter];
}
