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

static uint64_t began_ns(const struct timeline_maker *maker, uint32_t thread)
{
	const struct profile *profile = maker->view->profile;
	const struct thread *begin = &profile->threads.items[thread].begin;
	const struct process *process =
		&profile->processes.items[begin->process].begin;

	return begin->start_ns + maker->timeline->offsets.items[
		profile->runs.items[process->run].file];
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
	struct moment moment = { .cpu_ns = 0 };
	struct moment *last;
	uint64_t wall_ns;

	if (!weigh_sample(&maker->request, maker->view->profile, sample,
			  &moment.ns, &moment.samples) ||
	    (!moment.ns && !moment.samples))
		return;
	filter_sample(maker->view->filter, maker->view->profile, sample,
		      &wall_ns, &moment.cpu_ns);
	/* Nobody saw what a thread did between samples. */
	moment.on_cpu = sample->state == STATE_RUNNING && moment.samples;
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
		u64_vec_push(&timeline->began, began_ns(&maker, i));
		for (; at < ends[i]; at++)
			add_sample(&maker, first,
				   &profile->samples.items[order[at]]);
	}
	u32_vec_push(&timeline->first, timeline->moments.count);
	free(order);
	free(ends);
}

static uint64_t length_of(const struct moment *moment)
{
	return moment->end_ns - moment->start_ns;
}

static bool is_filled(const struct moment *moment)
{
	return moment->on_cpu && length_of(moment);
}

/*
 * What those that are on a CPU have together, divided by their lengths.
 * Returns what is left when they are shorter than that.
 */
static uint64_t divide_by_length(struct moment *moments, size_t count)
{
	uint64_t cpu_ns = 0, length = 0, seen = 0, given = 0, part;

	for (size_t i = 0; i < count; i++) {
		if (!is_filled(&moments[i]))
			continue;
		cpu_ns += moments[i].cpu_ns;
		length += length_of(&moments[i]);
	}
	part = MIN(cpu_ns, length);
	for (size_t i = 0; i < count; i++) {
		if (!is_filled(&moments[i]))
			continue;
		seen += length_of(&moments[i]);
		moments[i].cpu_ns = (unsigned __int128)part * seen / length -
				    given;
		given += moments[i].cpu_ns;
	}
	return cpu_ns - part;
}

/* The time since the moment before, or since the thread began. */
static uint64_t room_of(const struct moment *moments, size_t i,
			uint64_t began_ns)
{
	return moments[i].end_ns - (i ? moments[i - 1].end_ns :
				    MIN(began_ns, moments[0].start_ns));
}

/* What is too much was used before, else it was used later. */
static void fit_thread(struct moment *moments, size_t count,
		       uint64_t began_ns)
{
	uint64_t left = divide_by_length(moments, count);

	for (size_t i = count; i-- > 0;) {
		const uint64_t wanted = moments[i].cpu_ns + left;

		moments[i].cpu_ns = MIN(wanted, room_of(moments, i,
							 began_ns));
		left = wanted - moments[i].cpu_ns;
	}
	for (size_t i = 0; left && i < count; i++) {
		const uint64_t more = MIN(left, room_of(moments, i,
							began_ns) -
					  moments[i].cpu_ns);

		moments[i].cpu_ns += more;
		left -= more;
	}
}

void timeline_fit_cpu(struct timeline *timeline)
{
	const uint32_t *first = timeline->first.items;

	/* Where no thread has a moment, there is no array. */
	for (size_t i = 0; i + 1 < timeline->first.count; i++)
		if (first[i + 1] > first[i])
			fit_thread(timeline->moments.items + first[i],
				   first[i + 1] - first[i],
				   timeline->began.items[i]);
}

void timeline_release(struct timeline *timeline)
{
	moment_vec_release(&timeline->moments);
	u32_vec_release(&timeline->first);
	u64_vec_release(&timeline->offsets);
	u64_vec_release(&timeline->began);
}
