/* SPDX-License-Identifier: MIT */
#include "profile/series.h"

#include "base/clock.h"

#include <math.h>
#include <string.h>

uint32_t metric_run(const struct profile *profile,
		    const struct profile_metric *metric)
{
	uint32_t owner = metric->metric.owner;

	switch (metric->metric.scope) {
	case METRIC_OF_THREAD:
		owner = profile->threads.items[owner].begin.process;
		return profile->processes.items[owner].begin.run;
	case METRIC_OF_PROCESS:
		return profile->processes.items[owner].begin.run;
	default:
		return owner;
	}
}

bool metric_has_steps(const struct profile_metric *metric)
{
	return metric->metric.kind == METRIC_GAUGE &&
	       strcmp(metric->metric.source, METRIC_COUNTER) == 0;
}

static uint64_t since_start(const struct profile_run *run, uint64_t time_ns)
{
	return time_ns - MIN(time_ns, run->begin.start_ns);
}

uint64_t metric_end_ns(const struct profile *profile,
		       const struct profile_metric *metric)
{
	const struct profile_run *run =
		&profile->runs.items[metric_run(profile, metric)];
	const struct profile_thread *thread = NULL;
	const struct profile_process *process = NULL;
	uint32_t owner = metric->metric.owner;

	if (metric->metric.scope == METRIC_OF_THREAD) {
		thread = &profile->threads.items[owner];
		owner = thread->begin.process;
	}
	if (thread || metric->metric.scope == METRIC_OF_PROCESS)
		process = &profile->processes.items[owner];
	if (thread && thread->ended)
		return since_start(run, thread->end.end_ns);
	if (process && process->ended)
		return since_start(run, process->end.end_ns);
	return since_start(run, run->ended ? run->end.end_ns : run->last_ns);
}

bool metric_fits(const struct profile *profile,
		 const struct profile_metric *metric,
		 const struct filter *filter)
{
	const uint32_t owner = metric->metric.owner;

	if (!filter->threads.count)
		return true;
	if (metric->metric.scope == METRIC_OF_THREAD)
		return filter->threads.items[owner];
	if (metric->metric.scope != METRIC_OF_PROCESS)
		return false;
	for (size_t i = 0; i < profile->threads.count; i++) {
		if (profile->threads.items[i].begin.process == owner &&
		    filter->threads.items[i])
			return true;
	}
	return false;
}

uint64_t run_end_ns(const struct profile *profile, uint32_t run,
		    const struct filter *filter)
{
	const struct profile_run *its = &profile->runs.items[run];
	uint64_t end_ns = its->ended ? its->end.end_ns : its->last_ns;

	end_ns -= MIN(end_ns, its->begin.start_ns);
	return MIN(end_ns, filter->to_ns);
}

struct point {
	uint64_t ns;			/* since the start of the run */
	double value;
};

static struct point point_of(const struct profile *profile,
			     const struct profile_metric *metric, size_t i)
{
	const struct metric_value *value =
		&profile->values.items[metric->first + i];
	const struct profile_run *run =
		&profile->runs.items[metric_run(profile, metric)];

	return (struct point){
		.ns = value->time_ns - MIN(value->time_ns,
					   run->begin.start_ns),
		.value = value->value,
	};
}

/* On the line from `a` to `b`, which are not at one time. */
static struct point between(const struct point *a, const struct point *b,
			    uint64_t ns)
{
	const double part = (double)(ns - a->ns) / (b->ns - a->ns);

	return (struct point){ ns, a->value + (b->value - a->value) * part };
}

static void add_point(struct series_facts *facts, const struct point *point)
{
	if (!facts->count++) {
		facts->from_ns = point->ns;
		facts->first = facts->least = facts->most = point->value;
		facts->most_ns = point->ns;
	}
	facts->least = MIN(facts->least, point->value);
	if (point->value > facts->most) {
		facts->most = point->value;
		facts->most_ns = point->ns;
	}
	facts->to_ns = point->ns;
	facts->last = point->value;
}

/* A piece of the line, cut at the ends of [from, to]. */
static bool clip(struct point *a, struct point *b, uint64_t from_ns,
		 uint64_t to_ns)
{
	const struct point start = *a, end = *b;

	if (b->ns < from_ns || a->ns > to_ns)
		return false;
	if (a->ns == b->ns)
		return true;
	if (a->ns < from_ns)
		*a = between(&start, &end, from_ns);
	if (b->ns > to_ns)
		*b = between(&start, &end, to_ns);
	return true;
}

/*
 * The kernel counts some sums in ticks of 10 ms: between two looks that are
 * close together they are seen to jump, faster than all CPUs can.
 */
enum { RATE_NS = 50000000 };

struct line_sums {
	double area;
	double seconds;
	double growth;
	size_t span;			/* of the last piece, + 1; 0: none */
	struct point rate_from;
};

static void add_line(struct series_facts *facts, const struct point *a,
		     const struct point *b, struct line_sums *sums)
{
	const double seconds = (double)(b->ns - a->ns) / NS_PER_S;

	add_point(facts, b);
	sums->seconds += seconds;
	sums->growth += b->value - a->value;
	sums->area += (a->value + b->value) / 2 * seconds;
	if (b->ns - sums->rate_from.ns < RATE_NS)
		return;
	facts->most_rate = MAX(facts->most_rate,
			       (b->value - sums->rate_from.value) * NS_PER_S /
			       (b->ns - sums->rate_from.ns));
	sums->rate_from = *b;
}

/* What of the line from `start` to `end` lies in the span, number `number`. */
static void add_piece(struct series_facts *facts, const struct point *start,
		      const struct point *end, const struct filter_span *span,
		      size_t number, struct line_sums *sums)
{
	struct point a = *start, b = *end;

	if (!clip(&a, &b, span->from_ns, span->to_ns))
		return;
	if (sums->span != number) {
		add_point(facts, &a);
		sums->rate_from = a;
		sums->span = number;
		if (start == end)
			return;
	}
	add_line(facts, &a, &b, sums);
}

/* Those that are still to come are from `next` on. */
struct spans {
	const struct filter_span *items;
	size_t count;
	size_t next;
};

static void add_pieces(struct series_facts *facts, const struct point *start,
		       const struct point *end, struct spans *spans,
		       struct line_sums *sums)
{
	while (spans->next < spans->count &&
	       spans->items[spans->next].to_ns < start->ns)
		spans->next++;
	for (size_t i = spans->next; i < spans->count &&
	     spans->items[i].from_ns <= end->ns; i++)
		add_piece(facts, start, end, &spans->items[i], i + 1, sums);
}

bool series_facts_init(struct series_facts *facts,
		       const struct profile *profile,
		       const struct profile_metric *metric,
		       const struct filter *filter)
{
	struct point before = { 0 }, now;
	struct line_sums sums = { .area = 0 };
	struct spans in = { .next = 0 };
	struct filter_span whole;

	in.count = filter_spans(filter, metric_run(profile, metric), &whole,
				&in.items);
	*facts = (struct series_facts){ .count = 0 };
	for (size_t i = 0; i < metric->count; i++) {
		now = point_of(profile, metric, i);
		if (i && metric_has_steps(metric)) {
			const struct point level = { now.ns, before.value };

			add_pieces(facts, &before, &level, &in, &sums);
			before = level;
		}
		if (i || metric->count == 1)
			add_pieces(facts, i ? &before : &now, &now, &in,
				   &sums);
		before = now;
	}
	if (metric->count && metric_has_steps(metric) &&
	    metric_end_ns(profile, metric) > before.ns) {
		now = (struct point){ metric_end_ns(profile, metric),
				      before.value };
		add_pieces(facts, &before, &now, &in, &sums);
	}
	if (!facts->count)
		return false;
	/* A sum was 0 when its owner began. */
	facts->growth = sums.growth;
	if (metric->metric.kind == METRIC_CUMULATIVE && !filter->from_ns &&
	    !filter->regions.count &&
	    facts->from_ns == point_of(profile, metric, 0).ns)
		facts->growth = facts->last;
	facts->mean = sums.seconds > 0 ? sums.area / sums.seconds :
		      facts->last;
	facts->rate = sums.seconds > 0 ? facts->growth / sums.seconds : 0;
	facts->most_rate = MAX(facts->most_rate, facts->rate);
	return true;
}

/* What the line from `a` to `b` adds to the pieces that it crosses. */
static void spread(double *areas, double *seconds, size_t count,
		   uint64_t from_ns, uint64_t to_ns, const struct point *a,
		   const struct point *b, bool sum)
{
	const double width = (double)(to_ns - from_ns) / count;
	size_t i = MAX((double)a->ns - from_ns, 0.0) / width;

	for (; i < count && from_ns + i * width < b->ns; i++) {
		struct point x = *a, y = *b;
		double length;

		if (!clip(&x, &y, from_ns + (uint64_t)(i * width),
			  from_ns + (uint64_t)((i + 1) * width)))
			continue;
		length = (double)(y.ns - x.ns) / NS_PER_S;
		seconds[i] += length;
		areas[i] += sum ? y.value - x.value :
				  (x.value + y.value) / 2 * length;
	}
}

void series_pieces(double *pieces, size_t count, uint64_t from_ns,
		   uint64_t to_ns, const struct profile *profile,
		   const struct profile_metric *metric)
{
	const bool sum = metric->metric.kind == METRIC_CUMULATIVE;
	const bool steps = metric_has_steps(metric);
	double *seconds = mem_calloc(count, sizeof(*seconds));
	struct point a = { 0 };

	for (size_t i = 0; i < count; i++)
		pieces[i] = 0;
	for (size_t i = 0; i < metric->count && to_ns > from_ns; i++) {
		const struct point b = point_of(profile, metric, i);

		if (i && b.ns > a.ns) {
			const struct point level = { b.ns, steps ? a.value :
							   b.value };

			spread(pieces, seconds, count, from_ns, to_ns, &a,
			       &level, sum);
		}
		a = b;
	}
	if (steps && metric->count && to_ns > from_ns) {
		const struct point end = { metric_end_ns(profile, metric),
					   a.value };

		if (end.ns > a.ns)
			spread(pieces, seconds, count, from_ns, to_ns, &a,
			       &end, sum);
	}
	for (size_t i = 0; i < count; i++)
		pieces[i] = seconds[i] > 0 ? pieces[i] / seconds[i] :
					     (double)NAN;
	free(seconds);
}

void series_blank(double *pieces, size_t count, uint64_t to_ns, uint32_t run,
		  const struct filter *filter)
{
	const double width = (double)(to_ns - MIN(to_ns, filter->from_ns)) /
			     count;
	const struct filter_span *spans;
	struct filter_span whole;
	const size_t found = filter_spans(filter, run, &whole, &spans);
	size_t first = 0;

	for (size_t i = 0; i < count; i++) {
		const double from_ns = filter->from_ns + i * width;

		while (first < found && spans[first].to_ns < from_ns)
			first++;
		if (first == found || spans[first].from_ns > from_ns + width)
			pieces[i] = (double)NAN;
	}
}
