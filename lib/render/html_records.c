/* SPDX-License-Identifier: MIT */
#include "render/html_records.h"

#include "base/mem.h"
#include "profile/shape.h"
#include "profile/weights.h"

static uint64_t duration_ns(const struct profile *profile)
{
	uint64_t longest = 1;

	for (size_t i = 0; i < profile->runs.count; i++) {
		const struct profile_run *run = &profile->runs.items[i];
		uint64_t end_ns = run->last_ns;

		if (run->begin.kind == RUN_PLAIN)
			continue;
		if (run->ended)
			end_ns = MAX(end_ns, run->end.end_ns);
		if (end_ns > run->begin.start_ns)
			longest = MAX(longest, end_ns - run->begin.start_ns);
	}
	return longest;
}

static uint32_t slot_at(const struct html_records *records, uint64_t at_ns)
{
	const uint64_t slot = (unsigned __int128)at_ns * records->slots /
			      records->duration_ns;

	return MIN(slot, (uint64_t)records->slots - 1);
}

/* Short samples lie in one slot, so that few are of two. */
static void place_in_time(struct html_record *record,
			  const struct html_records *records,
			  const struct profile *profile,
			  const struct sample *sample)
{
	const uint64_t start = profile_sample_run(profile, sample)
		->begin.start_ns;
	const uint64_t end = sample->time_ns > start ?
		sample->time_ns - start : 0;
	const uint64_t length = MIN(sample->length_ns, end);

	record->slots = 1;
	if (length < records->duration_ns / records->slots) {
		record->slot = slot_at(records, end - length / 2);
		return;
	}
	record->slot = slot_at(records, end - length);
	record->slots = slot_at(records, end - (end > 0)) - record->slot + 1;
}

/* Does `next` go on where `last` ended, with the same stack and state? */
static bool goes_on(const struct html_record *last,
		    const struct html_record *next)
{
	return last->node == next->node && last->state == next->state &&
	       (last->cpu_ns > 0) == (next->cpu_ns > 0) &&
	       next->slot >= last->slot &&
	       next->slot <= last->slot + last->slots;
}

static void add_amounts(struct html_record *sum,
			const struct html_record *more)
{
	sum->wall_ns += more->wall_ns;
	sum->cpu_ns += more->cpu_ns;
	sum->length_ns += more->length_ns;
	sum->samples += more->samples;
}

static void extend(struct html_record *last, const struct html_record *next)
{
	const uint32_t end = MAX(last->slot + last->slots,
				 next->slot + next->slots);

	last->slots = end - last->slot;
	add_amounts(last, next);
}

static void add_samples(struct html_records *records,
			const struct profile *profile,
			const struct filter *filter,
			const struct html_tree *tree)
{
	uint32_t *last = mem_calloc(profile->threads.count + 1, sizeof(*last));
	struct html_weight weight;

	for (size_t i = 0; i < profile->samples.count; i++) {
		const struct sample *sample = &profile->samples.items[i];
		uint32_t *mine = &last[sample->thread];
		struct html_record record = {
			.thread = sample->thread,
			.node = tree->of_stack[sample->stack],
			.state = sample->state,
		};

		if (!html_weigh(&weight, profile, filter, sample))
			continue;
		record.wall_ns = weight.ns[WEIGH_WALL];
		record.cpu_ns = weight.ns[WEIGH_CPU];
		record.length_ns = shape_length(profile, sample,
						record.wall_ns);
		record.samples = weight.samples;
		place_in_time(&record, records, profile, sample);
		if (*mine && goes_on(&records->records.items[*mine - 1],
				     &record)) {
			extend(&records->records.items[*mine - 1], &record);
			continue;
		}
		html_record_vec_push(&records->records, record);
		*mine = records->records.count;
	}
	free(last);
}

static int compare(const void *a, const void *b)
{
	const struct html_record *x = a;
	const struct html_record *y = b;

	if (x->thread != y->thread)
		return x->thread < y->thread ? -1 : 1;
	if (x->slot != y->slot)
		return x->slot < y->slot ? -1 : 1;
	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	if (x->state != y->state)
		return x->state < y->state ? -1 : 1;
	/* Who lost the CPU is counted, who only waited for it is not. */
	if ((x->cpu_ns > 0) != (y->cpu_ns > 0))
		return x->cpu_ns > 0 ? -1 : 1;
	return x->slots < y->slots ? -1 : x->slots > y->slots;
}

static void merge_equal(struct html_record_vec *vec)
{
	size_t kept = 0;

	if (!vec->count)
		return;
	qsort(vec->items, vec->count, sizeof(*vec->items), compare);
	for (size_t i = 1; i < vec->count; i++) {
		if (compare(&vec->items[kept], &vec->items[i]) == 0)
			add_amounts(&vec->items[kept], &vec->items[i]);
		else
			vec->items[++kept] = vec->items[i];
	}
	vec->count = kept + 1;
}

void html_records_init(struct html_records *records,
		       const struct profile *profile,
		       const struct filter *filter,
		       const struct html_tree *tree, size_t max)
{
	*records = (struct html_records){
		.slots = HTML_SLOTS,
		.duration_ns = duration_ns(profile),
	};
	for (;;) {
		records->records.count = 0;
		add_samples(records, profile, filter, tree);
		merge_equal(&records->records);
		if (records->records.count <= max || records->slots == 1)
			return;
		records->slots /= 2;
	}
}

void html_records_release(struct html_records *records)
{
	html_record_vec_release(&records->records);
}
