/* SPDX-License-Identifier: MIT */
#include "profile/builder_state.h"

#include <string.h>

enum {
	NESTED_MAX = 64		/* open calls of a thread; as many are kept */
};

/* The profile's id of the file's region `id`; ID_NONE: there is none. */
static uint32_t own_region(struct profile_builder *builder, uint32_t id)
{
	const struct profile *profile = builder->profile;

	if (id < profile->regions.count - builder->base.region)
		return builder->base.region + id;
	builder_fail(builder, "region", id);
	return ID_NONE;
}

void builder_region(struct sample_sink *sink, const struct region *region)
{
	struct profile_builder *builder = builder_of(sink);
	struct profile *profile = builder->profile;
	const uint32_t process = builder->base.process + region->process;
	uint32_t parent = ID_NONE;
	struct profile_region *added;

	if (region->process >=
	    profile->processes.count - builder->base.process) {
		builder_fail(builder, "process", region->process);
		return;
	}
	if (region->parent != ID_NONE) {
		parent = own_region(builder, region->parent);
		if (parent == ID_NONE)
			return;
	}
	added = profile_region_vec_add(&profile->regions);
	added->region = *region;
	added->region.process = process;
	added->region.parent = parent;
	added->region.name = builder_keep_name(builder, region->name);
}

void builder_region_calls(struct sample_sink *sink,
			  const struct region_window *window)
{
	struct profile_builder *builder = builder_of(sink);
	struct profile *profile = builder->profile;
	struct profile_call_vec *calls = &profile->calls;

	if (window->thread >= profile->threads.count - builder->base.thread) {
		builder_fail(builder, "thread", window->thread);
		return;
	}
	profile_call_vec_reserve(calls, calls->count + window->count);
	for (size_t i = 0; i < window->count; i++) {
		struct profile_call call = {
			.thread = builder->base.thread + window->thread,
			.call = window->calls[i],
		};

		call.call.region = own_region(builder, call.call.region);
		if (call.call.region == ID_NONE)
			return;
		if (call.call.start_ns <= call.call.end_ns)
			profile_call_vec_push(calls, call);
	}
}

void builder_region_total(struct sample_sink *sink,
			  const struct region_total *total)
{
	struct profile_builder *builder = builder_of(sink);
	const uint32_t id = own_region(builder, total->region);
	struct profile_region *region;

	if (id == ID_NONE)
		return;
	region = &builder->profile->regions.items[id];
	region->counted = true;
	region->total = *total;
	region->total.region = id;
}

void builder_region_losses(struct sample_sink *sink,
			   const struct region_losses *losses)
{
	struct profile_builder *builder = builder_of(sink);
	struct profile *profile = builder->profile;
	struct region_losses_vec *all = &profile->region_losses;
	struct region_losses own = *losses;

	if (losses->process >=
	    profile->processes.count - builder->base.process) {
		builder_fail(builder, "process", losses->process);
		return;
	}
	own.process += builder->base.process;
	for (size_t i = all->count; i-- > 0;) {
		if (all->items[i].process == own.process) {
			all->items[i] = own;
			return;
		}
	}
	region_losses_vec_push(all, own);
}

void builder_region_label(struct sample_sink *sink,
			  const struct region_label *label)
{
	struct profile_builder *builder = builder_of(sink);
	const struct region_label own = {
		.region = own_region(builder, label->region),
		.key = builder_keep_name(builder, label->key),
		.value = builder_keep_name(builder, label->value),
	};

	if (own.region != ID_NONE)
		region_label_vec_push(&builder->profile->region_labels, own);
}

/* Labels are in an array of the profile's arena: make a longer one. */
static void add_label(struct profile_builder *builder, struct run_begin *run,
		      const struct run_note *note)
{
	struct label *labels;

	if (run->label_count >= RUN_LABELS_MAX)
		return;
	for (size_t i = 0; i < run->label_count; i++) {
		if (strcmp(run->labels[i].key, note->key) == 0 &&
		    strcmp(run->labels[i].value, note->value) == 0)
			return;
	}
	labels = arena_alloc(&builder->profile->arena,
			     (run->label_count + 1) * sizeof(*labels));

	if (run->label_count)
		memcpy(labels, run->labels,
		       run->label_count * sizeof(*labels));
	labels[run->label_count].key = builder_keep_name(builder, note->key);
	labels[run->label_count++].value =
		builder_keep_name(builder, note->value);
	run->labels = labels;
}

void builder_run_note(struct sample_sink *sink, const struct run_note *note)
{
	struct profile_builder *builder = builder_of(sink);
	struct profile *profile = builder->profile;
	struct run_begin *run;

	if (note->run >= profile->runs.count - builder->base.run) {
		builder_fail(builder, "run", note->run);
		return;
	}
	run = &profile->runs.items[builder->base.run + note->run].begin;
	if (note->kind == RUN_NOTE_NAME)
		run->name = builder_keep_name(builder, note->value);
	else if (note->kind == RUN_NOTE_VERSION)
		run->version = builder_keep_name(builder, note->value);
	else if (note->kind == RUN_NOTE_LABEL)
		add_label(builder, run, note);
	else if (note->kind == RUN_NOTE_REGION)
		pattern_vec_push(&profile->region_functions,
				 builder_keep_name(builder, note->value));
	else if (note->kind == RUN_NOTE_UNREAD)
		pattern_vec_push(&profile->unread_modules,
				 builder_keep_name(builder, note->value));
}

static int compare_calls(const void *a, const void *b)
{
	const struct profile_call *x = a, *y = b;

	if (x->thread != y->thread)
		return x->thread < y->thread ? -1 : 1;
	if (x->call.start_ns != y->call.start_ns)
		return x->call.start_ns < y->call.start_ns ? -1 : 1;
	if (x->call.end_ns != y->call.end_ns)
		return x->call.end_ns > y->call.end_ns ? -1 : 1;
	/* What lies in another was defined after it. */
	return x->call.region < y->call.region ? -1 :
	       x->call.region > y->call.region;
}

/* Which calls of one thread are open, as its samples go by. */
struct open_calls {
	size_t next;			/* the first one not looked at */
	size_t end;
	uint64_t time_ns;
	uint32_t depth;
	uint32_t open[NESTED_MAX];	/* indices of calls */
};

static uint32_t region_at(struct open_calls *open,
			  const struct profile *profile, uint64_t time_ns)
{
	const struct profile_call *calls = profile->calls.items;

	for (; open->next < open->end &&
	     calls[open->next].call.start_ns <= time_ns; open->next++) {
		const struct region_call *call = &calls[open->next].call;

		if (profile->regions.items[call->region].region.kind ==
		    REGION_EVENT)
			continue;
		while (open->depth && calls[open->open[open->depth - 1]]
		       .call.end_ns <= call->start_ns)
			open->depth--;
		if (open->depth < NESTED_MAX)
			open->open[open->depth++] = open->next;
	}
	while (open->depth &&
	       calls[open->open[open->depth - 1]].call.end_ns < time_ns)
		open->depth--;
	return open->depth ? calls[open->open[open->depth - 1]].call.region :
			     ID_NONE;
}

/* By thread: an index into `open` + 1, or 0. */
static uint32_t *threads_with_calls(const struct profile *profile,
				    struct open_calls **open)
{
	const struct profile_call_vec *calls = &profile->calls;
	uint32_t *index = mem_calloc(profile->threads.count + 1,
				     sizeof(*index));
	uint32_t count = 0;

	for (size_t i = 0; i < calls->count; i++)
		count += !i || calls->items[i].thread !=
			       calls->items[i - 1].thread;
	*open = mem_calloc(count + 1, sizeof(**open));
	count = 0;
	for (size_t i = 0; i < calls->count; i++) {
		const uint32_t thread = calls->items[i].thread;

		if (!index[thread]) {
			index[thread] = ++count;
			(*open)[count - 1].next = i;
		}
		(*open)[count - 1].end = i + 1;
	}
	return index;
}

static void place_samples(struct profile *profile)
{
	struct open_calls *open;
	uint32_t *index;

	if (!profile->calls.count)
		return;
	qsort(profile->calls.items, profile->calls.count,
	      sizeof(*profile->calls.items), compare_calls);
	index = threads_with_calls(profile, &open);
	/* The samples of a thread are in the order of time. */
	for (size_t i = 0; i < profile->samples.count; i++) {
		struct sample *sample = &profile->samples.items[i];

		if (index[sample->thread])
			sample->region = region_at(&open[index[sample->thread]
							 - 1], profile,
						   sample->time_ns);
	}
	free(open);
	free(index);
}

void builder_finish_regions(struct profile_builder *builder)
{
	place_samples(builder->profile);
	if (builder->profile->region_functions.count)
		builder_region_functions(builder);
}
