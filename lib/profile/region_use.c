/* SPDX-License-Identifier: MIT */
#include "profile/region_use.h"

#include "base/mem.h"
#include "profile/region_spans.h"
#include "profile/series.h"

#include <math.h>
#include <string.h>

static const struct {
	const char *name;		/* of the amount */
	const char *metric;
} amounts[REGION_AMOUNTS] = {
	[REGION_READ] = { "read", "io.read" },
	[REGION_WRITTEN] = { "written", "io.written" },
	[REGION_DISK_READ] = { "disk_read", "io.disk-read" },
	[REGION_DISK_WRITTEN] = { "disk_written", "io.disk-written" },
	[REGION_RECEIVED] = { "received", "net.received" },
	[REGION_SENT] = { "sent", "net.sent" },
	[REGION_GPU_TIME] = { "gpu_time", "gpu.busy" },
};

const char *region_amount_name(enum region_amount amount)
{
	return amounts[amount].name;
}

const char *region_amount_metric(enum region_amount amount)
{
	return amounts[amount].metric;
}

bool region_memory_vague(double bytes, double doubt)
{
	return doubt > 1 << 20 && doubt > fabs(bytes) / 20;
}

bool region_amount_vague(double amount, double doubt)
{
	return doubt > 4096 && doubt > amount / 100;
}

#define GPU_PERIOD_NS 1e9		/* of NVIDIA's driver, at most */

/* Series of one run, or of one thread, by what they are good for. */
struct sources {
	const struct profile_metric *memory;
	const struct profile_metric *gpu_share;	/* instead of its time */
	const struct profile_metric *amounts[REGION_AMOUNTS];
	uint32_t of_threads;		/* of a run: threads have these, too */
};

struct finder {
	const struct profile *profile;
	const struct filter *filter;
	const struct u32_vec *row_of;	/* by region id */
	struct region_use *uses;	/* by row */
	uint64_t *first_ns;		/* of its calls, by row; 0: none yet */
	struct region_stretch_vec stretches;
	struct sources *of_run;		/* by run */
	struct sources *of_thread;	/* by thread */
};

static void note_source(struct sources *sources,
			const struct profile_metric *metric)
{
	if (strcmp(metric->metric.name, "gpu.nvidia.busy") == 0)
		sources->gpu_share = metric;
	if (strcmp(metric->metric.name, REGION_MEMORY_METRIC) == 0)
		sources->memory = metric;
	for (int i = 0; i < REGION_AMOUNTS; i++) {
		if (strcmp(metric->metric.name, amounts[i].metric) == 0)
			sources->amounts[i] = metric;
	}
}

/* The sources of the run that a thread is of. */
static struct sources *run_of(const struct finder *finder, uint32_t thread)
{
	const struct profile *profile = finder->profile;
	const uint32_t process =
		profile->threads.items[thread].begin.process;

	return &finder->of_run[profile->processes.items[process].begin.run];
}

static void finder_init(struct finder *finder, const struct profile *profile)
{
	finder->profile = profile;
	finder->of_run = mem_calloc(profile->runs.count + 1,
				    sizeof(*finder->of_run));
	finder->of_thread = mem_calloc(profile->threads.count + 1,
				       sizeof(*finder->of_thread));
	for (size_t i = 0; i < profile->metrics.count; i++) {
		const struct profile_metric *metric =
			&profile->metrics.items[i];
		const uint32_t owner = metric->metric.owner;

		if (!metric->count ||
		    strcmp(metric->metric.source, METRIC_COUNTER) == 0)
			continue;
		if (metric->metric.scope == METRIC_OF_RUN)
			note_source(&finder->of_run[owner], metric);
		else if (metric->metric.scope == METRIC_OF_THREAD)
			note_source(&finder->of_thread[owner], metric);
	}
	for (size_t i = 0; i < profile->threads.count; i++) {
		for (int a = 0; a < REGION_AMOUNTS; a++) {
			if (finder->of_thread[i].amounts[a])
				run_of(finder, i)->of_threads |= 1U << a;
		}
	}
}

static void finder_release(struct finder *finder)
{
	free(finder->of_run);
	free(finder->of_thread);
	free(finder->first_ns);
	region_stretch_vec_release(&finder->stretches);
}

/* The number of values of `metric` that are not later than `time_ns`. */
static size_t values_until(const struct profile *profile,
			   const struct profile_metric *metric,
			   uint64_t time_ns)
{
	const struct metric_value *values =
		&profile->values.items[metric->first];
	size_t low = 0, high = metric->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (values[middle].time_ns <= time_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * What the values say of one moment: they were read before and after it, and
 * the number is taken to have moved evenly meanwhile.
 */
struct moment {
	double value;
	double before, after;		/* as read */
};


/* Before the first value, it is `first`, as far as anybody can tell. */
static struct moment moment_at(const struct profile *profile,
			       const struct profile_metric *metric,
			       uint64_t time_ns, double first)
{
	const struct metric_value *values =
		&profile->values.items[metric->first];
	const size_t until = values_until(profile, metric, time_ns);
	struct moment moment = { first, first, first };
	const struct metric_value *a, *b;

	if (!until) {
		moment.before = 0;
		moment.after = values[0].value;
		return moment;
	}
	a = &values[until - 1];
	moment.value = moment.before = moment.after = a->value;
	if (until == metric->count || a->time_ns == time_ns)
		return moment;
	b = &values[until];
	/* The last look finds what the program gave back as it ended. */
	if (until + 1 == metric->count && b->value < a->value)
		return moment;
	moment.after = b->value;
	moment.value = a->value + ((double)b->value - a->value) *
		       (double)(time_ns - a->time_ns) /
		       (b->time_ns - a->time_ns);
	return moment;
}

/* How far `value` may be from the truth. */
static double doubt(const struct moment *moment)
{
	return MAX(fabs(moment->value - moment->before),
		   fabs(moment->value - moment->after));
}

static double most_inside(const struct profile *profile,
			  const struct profile_metric *metric,
			  const struct region_stretch *call)
{
	const struct metric_value *values =
		&profile->values.items[metric->first];
	const size_t end = values_until(profile, metric, call->end_ns);
	double most = 0;

	for (size_t i = values_until(profile, metric, call->start_ns); i < end;
	     i++)
		most = MAX(most, (double)values[i].value);
	return most;
}

static void use_peak(struct region_use *use, const struct moment *in,
		     const struct moment *out, double inside)
{
	const double most = MAX(MAX(in->value, out->value), inside);
	const double highest = MAX(MAX(in->before, in->after),
				   MAX(out->before, out->after));
	const double lowest = MAX(MAX(MIN(in->before, in->after),
				      MIN(out->before, out->after)), inside);

	use->peak_highest = MAX(use->peak_highest, MAX(highest, most));
	use->peak_lowest = MAX(use->peak_lowest, MIN(lowest, most));
	use->memory_peak = MAX(use->memory_peak, most);
	use->memory_peak_doubt = MAX(use->peak_highest - use->memory_peak,
				     use->memory_peak - use->peak_lowest);
}

/* What moved up to `slack_ns` after a begin or an end lies on either side. */
static double moved(const struct profile *profile,
		    const struct profile_metric *metric,
		    const struct moment *from, uint64_t time_ns,
		    uint64_t slack_ns)
{
	struct moment to;

	if (!slack_ns)
		return 0;
	to = moment_at(profile, metric, time_ns + slack_ns, from->value);
	return fabs(to.value - from->value) + doubt(&to);
}

static void use_memory_of(struct finder *finder,
			  const struct profile_metric *metric,
			  const struct region_stretch *span)
{
	const struct profile *profile = finder->profile;
	struct region_use *use = &finder->uses[span->row];
	const double lowest = profile->values.items[metric->first].value;
	const struct moment in = moment_at(profile, metric, span->start_ns,
					   lowest);
	const struct moment out = moment_at(profile, metric, span->end_ns,
					    lowest);
	const double in_doubt = MAX(doubt(&in), moved(profile, metric, &in,
				    span->start_ns, span->slack_ns));
	const double out_doubt = MAX(doubt(&out), moved(profile, metric, &out,
				     span->end_ns, span->slack_ns));

	if (!use->memory_known ||
	    span->start_ns < finder->first_ns[span->row]) {
		finder->first_ns[span->row] = span->start_ns;
		use->memory_in = in.value;
		use->memory_in_doubt = in_doubt;
	}
	use->memory_known = true;
	use->memory_change += out.value - in.value;
	use->memory_change_doubt += in_doubt + out_doubt;
	use_peak(use, &in, &out, most_inside(profile, metric, span));
	if (span->slack_ns && out.value + out_doubt > use->peak_highest) {
		use->peak_highest = out.value + out_doubt;
		use->memory_peak_doubt = MAX(use->memory_peak_doubt,
					     use->peak_highest -
					     use->memory_peak);
	}
}

static void use_memory(struct finder *finder,
		       const struct region_stretch *span)
{
	const struct profile_metric *metric =
		finder->of_run[span->owner].memory;

	if (metric)
		use_memory_of(finder, metric, span);
}

/* Sums begin at 0, and never shrink. */
static void use_amount(struct region_use *use, const struct finder *finder,
		       int amount, const struct profile_metric *metric,
		       const struct region_stretch *span)
{
	const struct profile *profile = finder->profile;
	const struct moment in = moment_at(profile, metric, span->start_ns, 0);
	const struct moment out = moment_at(profile, metric, span->end_ns, 0);
	const double used = out.value - in.value;
	const double least = MAX(out.before - in.after, 0.0);
	const double most = out.after - in.before;

	use->known |= 1U << amount;
	use->amount[amount] += used;
	use->doubt[amount] += MAX(MAX(used - least, most - used), 0.0) +
			      moved(profile, metric, &in, span->start_ns,
				    span->slack_ns) +
			      moved(profile, metric, &out, span->end_ns,
				    span->slack_ns);
}

/*
 * What the thread has sums of its own of is its calls'; of the others, note
 * when the row was open, and of which of them other threads have some.
 */
static void use_call(void *context, const struct profile_call *call,
		     uint64_t slack_ns)
{
	struct finder *finder = context;
	const struct profile *profile = finder->profile;
	const uint32_t row = finder->row_of->items[call->call.region];
	const struct sources *thread = &finder->of_thread[call->thread];
	const struct sources *run = run_of(finder, call->thread);
	struct region_stretch stretch = {
		.row = row, .slack_ns = slack_ns,
		.owner = run - finder->of_run,
	};
	struct region_call part;

	if (!filter_call(finder->filter, profile, call, &part))
		return;
	stretch.start_ns = part.start_ns;
	stretch.end_ns = part.end_ns;
	for (int i = 0; i < REGION_AMOUNTS; i++) {
		if (thread->amounts[i])
			use_amount(&finder->uses[row], finder, i,
				   thread->amounts[i], &stretch);
		else
			stretch.kind |= run->of_threads & 1U << i;
	}
	region_stretch_vec_push(&finder->stretches, stretch);
}

/*
 * NVIDIA's driver tells which share of each of its periods, of up to a
 * second, a process was busy on a GPU: a begin or an end may lie anywhere in
 * one.
 */
static void use_gpu_share(struct finder *finder,
			  const struct profile_metric *metric,
			  const struct region_stretch *span)
{
	const struct profile *profile = finder->profile;
	const struct metric_value *values =
		&profile->values.items[metric->first];
	struct region_use *use = &finder->uses[span->row];
	const size_t end = values_until(profile, metric, span->end_ns);
	const double length_ns = span->end_ns - span->start_ns;
	struct moment before = moment_at(profile, metric, span->start_ns, 0);
	const struct moment out = moment_at(profile, metric, span->end_ns, 0);
	uint64_t from_ns = span->start_ns;
	const double edges = MAX(before.before, before.after) +
			     MAX(out.before, out.after);
	double area = 0;

	for (size_t i = values_until(profile, metric, span->start_ns); i < end;
	     i++) {
		area += (before.value + (double)values[i].value) / 2 *
			(values[i].time_ns - from_ns);
		before.value = values[i].value;
		from_ns = values[i].time_ns;
	}
	area += (before.value + out.value) / 2 * (span->end_ns - from_ns);
	use->known |= 1U << REGION_GPU_TIME;
	use->amount[REGION_GPU_TIME] += area / 1e6;
	use->doubt[REGION_GPU_TIME] += edges / 1e6 *
				       MIN(length_ns, GPU_PERIOD_NS) / 2;
}

static void use_sums(struct finder *finder,
		     const struct region_stretch *stretch, uint32_t which)
{
	const struct sources *run = &finder->of_run[stretch->owner];

	for (int i = 0; i < REGION_AMOUNTS; i++) {
		if (run->amounts[i] && which & 1U << i)
			use_amount(&finder->uses[stretch->row], finder, i,
				   run->amounts[i], stretch);
	}
}

static void use_stretches(struct finder *finder)
{
	struct region_stretch_vec *all = &finder->stretches;

	region_stretches_merge(all);
	for (size_t i = 0; i < all->count; i++)
		use_sums(finder, &all->items[i], all->items[i].kind);
	/* What no thread has sums of its own of is for all of them. */
	for (size_t i = 0; i < all->count; i++)
		all->items[i].kind = 0;
	region_stretches_merge(all);
	for (size_t i = 0; i < all->count; i++) {
		const struct region_stretch *stretch = &all->items[i];

		use_memory(finder, stretch);
		use_sums(finder, stretch,
			 ~finder->of_run[stretch->owner].of_threads);
		if (finder->of_run[stretch->owner].gpu_share)
			use_gpu_share(finder, finder->of_run[stretch->owner]
				      .gpu_share, stretch);
	}
}

void region_use_add(struct region_use *uses, const struct u32_vec *row_of,
		    const struct profile *profile, const struct filter *filter)
{
	struct finder finder = {
		.filter = filter, .row_of = row_of, .uses = uses,
		.first_ns = mem_calloc(profile->regions.count + 1,
				       sizeof(uint64_t)),
	};

	finder_init(&finder, profile);
	region_calls_visit(profile, use_call, &finder);
	use_stretches(&finder);
	finder_release(&finder);
}

/* By region id, from 1 on.  What a region lies in has a smaller id. */
static uint32_t *depths_of(const struct profile *profile)
{
	uint32_t *depths = mem_calloc(profile->regions.count + 1,
				      sizeof(*depths));

	for (size_t i = 0; i < profile->regions.count; i++) {
		const uint32_t parent = profile->regions.items[i].region.parent;

		depths[i] = parent == ID_NONE ? 1 : depths[parent] + 1;
	}
	return depths;
}

struct seeker {
	const struct profile *profile;
	const uint32_t *depths;
	uint32_t run;
	uint64_t time_ns;
	uint32_t found, most;		/* so far, and how deep it lies */
};

static void look_at(void *context, const struct profile_call *call,
		    uint64_t slack_ns)
{
	struct seeker *seeker = context;
	const struct profile *profile = seeker->profile;
	const struct region *region =
		&profile->regions.items[call->call.region].region;

	if (region->kind == REGION_EVENT ||
	    call->call.start_ns > seeker->time_ns ||
	    call->call.end_ns < seeker->time_ns ||
	    profile->processes.items[region->process].begin.run !=
	    seeker->run || seeker->depths[call->call.region] <= seeker->most)
		return;
	seeker->most = seeker->depths[call->call.region];
	seeker->found = call->call.region;
}

uint32_t region_at_time(const struct profile *profile, uint32_t run,
			uint64_t time_ns)
{
	uint32_t *depths = depths_of(profile);
	struct seeker seeker = {
		.profile = profile, .depths = depths, .run = run,
		.time_ns = time_ns, .found = ID_NONE,
	};

	region_calls_visit(profile, look_at, &seeker);
	free(depths);
	return seeker.found;
}
