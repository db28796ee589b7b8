/* SPDX-License-Identifier: MIT */
#include "profile/region_spans.h"

#include "base/mem.h"

#include <stdlib.h>

enum {
	NESTED_MAX = 64,	/* as builder_function.c makes them */
	/*
	 * No thread that runs is looked at less often than 40 times a second;
	 * and one that slept for longer was where it was all the time.
	 */
	SLACK_MAX_NS = 25 * 1000 * 1000
};

struct open_span {
	uint32_t region;
	uint64_t start_ns;
	uint64_t slack_ns;
};

/* A thread, as its samples go by. */
struct thread_spans {
	uint32_t region;		/* of its last sample */
	uint64_t end_ns;
	uint32_t depth;
	struct open_span open[NESTED_MAX];
};

struct finder {
	const struct profile *profile;
	struct thread_spans **threads;	/* by thread; NULL: nothing yet */
	region_call_fn *visit;
	void *context;
};

static const struct region *region_of(const struct finder *finder, uint32_t id)
{
	return &finder->profile->regions.items[id].region;
}

/* Functions around a sample in `region`, the outermost first. */
static uint32_t functions_around(const struct finder *finder, uint32_t region,
				 uint32_t chain[NESTED_MAX])
{
	uint32_t count = 0;

	for (uint32_t id = region; id != ID_NONE && count < NESTED_MAX;
	     id = region_of(finder, id)->parent) {
		if (region_of(finder, id)->kind == REGION_FUNCTION)
			chain[count++] = id;
	}
	for (uint32_t i = 0; i < count / 2; i++) {
		const uint32_t other = chain[i];

		chain[i] = chain[count - 1 - i];
		chain[count - 1 - i] = other;
	}
	return count;
}

/* `next_ns`: how long it took until somebody looked again. */
static void close_to(struct finder *finder, uint32_t thread, uint32_t depth,
		     uint64_t next_ns)
{
	struct thread_spans *spans = finder->threads[thread];

	while (spans->depth > depth) {
		const struct open_span *open = &spans->open[--spans->depth];
		const struct profile_call call = {
			.thread = thread,
			.call = { .start_ns = open->start_ns,
				  .end_ns = spans->end_ns,
				  .region = open->region },
		};

		finder->visit(finder->context, &call,
			      MIN(MAX(open->slack_ns, next_ns),
				  (uint64_t)SLACK_MAX_NS));
	}
}

static void change_region(struct finder *finder, const struct sample *sample,
			  uint64_t start_ns)
{
	struct thread_spans *spans = finder->threads[sample->thread];
	uint32_t chain[NESTED_MAX], same = 0;
	const uint32_t count = functions_around(finder, sample->region, chain);

	while (same < count && same < spans->depth &&
	       spans->open[same].region == chain[same])
		same++;
	close_to(finder, sample->thread, same, sample->length_ns);
	while (spans->depth < count) {
		spans->open[spans->depth] = (struct open_span){
			.region = chain[spans->depth], .start_ns = start_ns,
			.slack_ns = sample->length_ns,
		};
		spans->depth++;
	}
	spans->region = sample->region;
}

static void add_sample(struct finder *finder, const struct sample *sample)
{
	struct thread_spans *spans = finder->threads[sample->thread];
	const uint64_t start_ns = sample->time_ns -
				  MIN(sample->time_ns, sample->length_ns);

	if (!spans) {
		if (sample->region == ID_NONE)
			return;
		spans = mem_alloc(sizeof(*spans));
		spans->region = ID_NONE;
		finder->threads[sample->thread] = spans;
	}
	/* Between them, nobody looked for longer than usual. */
	if (start_ns > spans->end_ns && spans->region != ID_NONE) {
		close_to(finder, sample->thread, 0, start_ns - spans->end_ns);
		spans->region = ID_NONE;
	}
	if (sample->region != spans->region)
		change_region(finder, sample, start_ns);
	spans->end_ns = MAX(spans->end_ns, sample->time_ns);
}

static void visit_functions(const struct profile *profile,
			    region_call_fn *visit, void *context)
{
	struct finder finder = { profile, NULL, visit, context };

	if (!profile->region_functions.count)
		return;
	finder.threads = mem_calloc(profile->threads.count + 1,
				    sizeof(struct thread_spans *));
	for (size_t i = 0; i < profile->samples.count; i++)
		add_sample(&finder, &profile->samples.items[i]);
	for (size_t i = 0; i < profile->threads.count; i++) {
		if (finder.threads[i])
			close_to(&finder, i, 0, 0);
		free(finder.threads[i]);
	}
	free(finder.threads);
}

void region_calls_visit(const struct profile *profile,
			region_call_fn *visit, void *context)
{
	for (size_t i = 0; i < profile->calls.count; i++)
		visit(context, &profile->calls.items[i], 0);
	visit_functions(profile, visit, context);
}

static int compare_stretches(const void *a, const void *b)
{
	const struct region_stretch *x = a, *y = b;

	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	if (x->owner != y->owner)
		return x->owner < y->owner ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	return x->end_ns < y->end_ns ? -1 : x->end_ns > y->end_ns;
}

static bool overlap(const struct region_stretch *last,
		    const struct region_stretch *next)
{
	return last->row == next->row && last->owner == next->owner &&
	       last->kind == next->kind && next->start_ns < last->end_ns;
}

void region_stretches_merge(struct region_stretch_vec *stretches)
{
	size_t kept = 0;

	if (!stretches->count)
		return;
	qsort(stretches->items, stretches->count, sizeof(*stretches->items),
	      compare_stretches);
	for (size_t i = 1; i < stretches->count; i++) {
		const struct region_stretch *next = &stretches->items[i];
		struct region_stretch *last = &stretches->items[kept];

		if (!overlap(last, next)) {
			stretches->items[++kept] = *next;
			continue;
		}
		last->end_ns = MAX(last->end_ns, next->end_ns);
		last->slack_ns = MAX(last->slack_ns, next->slack_ns);
	}
	stretches->count = kept + 1;
}
