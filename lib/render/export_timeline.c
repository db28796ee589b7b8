/* SPDX-License-Identifier: MIT */
#include "render/export_timeline.h"

#include "base/mem.h"

struct timeline_maker {
	struct timeline *timeline;
	const struct view *view;
	struct export_paths *paths;
	struct weigh_request request;
	unsigned int flags;
};

/* Where the clock 0 of each file lies. */
static void place_files(struct timeline_maker *maker)
{
	const struct profile_file_vec *files = &maker->view->profile->files;
	uint64_t first = UINT64_MAX;

	for (size_t i = 0; i < files->count; i++)
		first = MIN(first, files->items[i].info.start_realtime_ns);
	for (size_t i = 0; i < files->count; i++)
		u64_vec_push(&maker->timeline->offsets, files->items[i].info
			     .start_realtime_ns - first);
	maker->timeline->epoch_ns = files->count ? first : 0;
}

/* The part of the sample's interval inside the view's range of time. */
static void place(const struct timeline_maker *maker,
		  const struct sample *sample, struct moment *moment)
{
	const struct filter *filter = maker->view->filter;
	const struct profile_run *run =
		profile_sample_run(maker->view->profile, sample);
	const uint64_t begin = run->begin.start_ns;
	const uint64_t offset = maker->timeline->offsets.items[run->file];
	uint64_t end = sample->time_ns;
	uint64_t start = end - MIN(end, sample->length_ns);

	start = MAX(start, begin + MIN(filter->from_ns, UINT64_MAX - begin));
	end = MIN(end, begin + MIN(filter->to_ns, UINT64_MAX - begin));
	moment->start_ns = MIN(start, end) + offset;
	moment->end_ns = end + offset;
}

/* Whatever the file says, the time of a thread only goes on. */
static void keep_order(const struct timeline_maker *maker, size_t first,
		       struct moment *moment)
{
	const struct moment_vec *moments = &maker->timeline->moments;

	if (moments->count > first)
		moment->start_ns = MAX(moment->start_ns,
				       moments->items[moments->count - 1]
				       .end_ns);
	moment->end_ns = MAX(moment->end_ns, moment->start_ns);
}

static bool can_merge(const struct timeline_maker *maker, size_t first,
		      const struct moment *moment)
{
	const struct moment_vec *moments = &maker->timeline->moments;
	const struct moment *last;

	if (!(maker->flags & (TIMELINE_MERGE | TIMELINE_MERGE_GAPS)) ||
	    moments->count == first)
		return false;
	last = &moments->items[moments->count - 1];
	return last->path == moment->path &&
	       (maker->flags & TIMELINE_MERGE_GAPS ||
		last->end_ns >= moment->start_ns);
}

static void add_sample(struct timeline_maker *maker, size_t first,
		       const struct sample *sample)
{
	const bool reasons = maker->view->clock != WEIGH_CPU;
	struct moment moment = { .cpu_ns = sample->cpu_ns };
	struct moment *last;

	if (!weigh_sample(&maker->request, maker->view->profile, sample,
			  &moment.ns, &moment.samples) ||
	    (!moment.ns && !moment.samples))
		return;
	place(maker, sample, &moment);
	keep_order(maker, first, &moment);
	moment.path = export_path_of(maker->paths, sample->stack, reasons ?
				     sample->state : STATE_RUNNING);
	if (!can_merge(maker, first, &moment)) {
		moment_vec_push(&maker->timeline->moments, moment);
		return;
	}
	last = &maker->timeline->moments.items[
		maker->timeline->moments.count - 1];
	last->end_ns = moment.end_ns;
	last->ns += moment.ns;
	last->cpu_ns += moment.cpu_ns;
	last->samples += moment.samples;
}

/* Sample indices by thread, in order; those of thread t end at ends[t]. */
static uint32_t *sort_by_thread(const struct profile *profile, size_t *ends)
{
	const struct sample_vec *samples = &profile->samples;
	uint32_t *order = mem_calloc(samples->count + 1, sizeof(*order));
	size_t at = 0;

	for (size_t i = 0; i < samples->count; i++)
		ends[samples->items[i].thread]++;
	for (size_t i = 0; i < profile->threads.count; i++) {
		size_t count = ends[i];

		ends[i] = at;
		at += count;
	}
	for (size_t i = 0; i < samples->count; i++)
		order[ends[samples->items[i].thread]++] = i;
	return order;
}

void timeline_init(struct timeline *timeline, const struct view *view,
		   struct export_paths *paths, unsigned int flags)
{
	const struct profile *profile = view->profile;
	struct timeline_maker maker = {
		.timeline = timeline,
		.view = view,
		.paths = paths,
		.request = { .clock = view->clock, .filter = view->filter },
		.flags = flags,
	};
	size_t *ends = mem_calloc(profile->threads.count + 1, sizeof(*ends));
	uint32_t *order = sort_by_thread(profile, ends);
	size_t at = 0;

	*timeline = (struct timeline){ .epoch_ns = 0 };
	place_files(&maker);
	for (size_t i = 0; i < profile->threads.count; i++) {
		const size_t first = timeline->moments.count;

		u32_vec_push(&timeline->first, first);
		for (; at < ends[i]; at++)
			add_sample(&maker, first,
				   &profile->samples.items[order[at]]);
	}
	u32_vec_push(&timeline->first, timeline->moments.count);
	free(order);
	free(ends);
}

void timeline_release(struct timeline *timeline)
{
	moment_vec_release(&timeline->moments);
	u32_vec_release(&timeline->first);
	u64_vec_release(&timeline->offsets);
}
