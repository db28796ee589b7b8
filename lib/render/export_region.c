/* SPDX-License-Identifier: MIT */
#include "render/export_region.h"

static bool is_kept(const struct view *view, const struct profile_call *call)
{
	const struct filter *filter = view->filter;

	if (filter->threads.count && !filter->threads.items[call->thread])
		return false;
	return !filter->regions.count ||
	       filter->regions.items[call->call.region];
}

static void add_call(struct export_call_vec *calls, const struct view *view,
		     const struct timeline *timeline,
		     const struct profile_call *call)
{
	const struct profile *profile = view->profile;
	const uint32_t process = profile->threads.items[call->thread].begin
				 .process;
	const struct profile_run *run = &profile->runs.items[
		profile->processes.items[process].begin.run];
	const uint64_t begin = run->begin.start_ns;
	const uint64_t from = begin + MIN(view->filter->from_ns,
					  UINT64_MAX - begin);
	const uint64_t to = begin + MIN(view->filter->to_ns,
					UINT64_MAX - begin);
	const uint64_t start = MAX(call->call.start_ns, from);
	const uint64_t end = MIN(MAX(call->call.end_ns, start), to);
	const uint64_t offset = timeline->offsets.items[run->file];

	if (!is_kept(view, call) || call->call.end_ns < from || start > to)
		return;
	export_call_vec_push(calls, (struct export_call){
		.region = &profile->regions.items[call->call.region].region,
		.start_ns = start + offset, .end_ns = end + offset,
		.thread = call->thread });
}

static uint64_t length_of(const struct export_call *call)
{
	return call->end_ns - call->start_ns;
}

static int longer(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x < y) - (x > y);
}

/* The length that at most EXPORT_CALLS_MAX calls are longer than. */
static uint64_t long_enough(const struct export_call_vec *calls)
{
	uint64_t *lengths = mem_calloc(calls->count, sizeof(*lengths));
	uint64_t length;

	for (size_t i = 0; i < calls->count; i++)
		lengths[i] = length_of(&calls->items[i]);
	qsort(lengths, calls->count, sizeof(*lengths), longer);
	length = lengths[EXPORT_CALLS_MAX];
	free(lengths);
	return length;
}

size_t export_calls(struct export_call_vec *calls, const struct view *view,
		    const struct timeline *timeline)
{
	const struct profile_call_vec *all = &view->profile->calls;
	size_t count, kept = 0, room;
	uint64_t least;

	for (size_t i = 0; i < all->count; i++)
		add_call(calls, view, timeline, &all->items[i]);
	count = calls->count;
	if (count <= EXPORT_CALLS_MAX)
		return 0;
	least = long_enough(calls);
	room = EXPORT_CALLS_MAX;
	for (size_t i = 0; i < count; i++)
		room -= length_of(&calls->items[i]) > least;
	/* Of those that are just as long, the first. */
	for (size_t i = 0; i < count; i++) {
		const uint64_t length = length_of(&calls->items[i]);

		if (length < least || (length == least && !room))
			continue;
		room -= length == least;
		calls->items[kept++] = calls->items[i];
	}
	calls->count = kept;
	return count - kept;
}
