/* SPDX-License-Identifier: MIT */
#include "collect/counters.h"

#include "base/clock.h"

enum {
	/*
	 * Nobody serves the program meanwhile.  Of thousands of threads,
	 * some are read at each look, and the others a little later.
	 */
	READ_WITHIN_MS = 10
};

static struct counters *counters_of(struct collector *base)
{
	return container_of(base, struct counters, base);
}

static void put(struct counters *counters, struct collect_look *look,
		size_t i, enum metric_scope scope, uint32_t owner,
		uint64_t value)
{
	collect_put(&counters->base, look, &(struct metric){
		.name = counters->ops->of[i].name,
		.source = counters->ops->source,
		.kind = METRIC_CUMULATIVE,
		.unit = counters->ops->of[i].unit,
		.scope = scope, .owner = owner }, value);
}

static struct counter_record *record_of(struct counters *counters,
					const struct collect_thread *thread)
{
	uint64_t place;

	if (!map64_get(&counters->places, thread->id, &place))
		return NULL;
	return &counters->records.items[place];
}

void counters_thread_started(struct collector *base,
			     const struct collect_thread *thread)
{
	struct counters *counters = counters_of(base);
	struct counter_record *record =
		counter_record_vec_add(&counters->records);

	record->thread = thread->id;
	map64_put(&counters->places, thread->id,
		  counters->records.count - 1);
	/* A new thread began at 0; others bring what they did before us. */
	if (!thread->fresh && counters->ops->read(thread, record->base))
		memcpy(record->last, record->base, sizeof(record->last));
}

/* Sums only grow: what reads as less is a source that is confused. */
static void read_record(const struct counters *counters,
			const struct collect_thread *thread,
			struct counter_record *record)
{
	uint64_t now[COUNTERS_MAX];

	if (!counters->ops->read(thread, now))
		return;
	for (size_t i = 0; i < counters->ops->count; i++)
		record->last[i] = MAX(record->last[i], now[i]);
}

/* One that has not run since the last look has nothing new. */
static bool has_run(const struct collect_thread *thread,
		    struct counter_record *record)
{
	struct task_account now;
	bool ran;

	if (!thread->files || !task_account_read(thread->files, &now))
		return true;
	/* The time of one that runs stands still between two ticks. */
	ran = now.slices != record->account.slices ||
	      now.run_ns != record->account.run_ns;
	record->account = now;
	return ran;
}

/* The threads in turn, as many as there is time for. */
static void read_threads(struct counters *counters,
			 const struct collect_look *look)
{
	const uint64_t end_ns = clock_monotonic_ns() +
				READ_WITHIN_MS * NS_PER_MS;
	const size_t count = look->threads.count;

	for (size_t i = 0; i < count; i++) {
		const struct collect_thread *thread =
			&look->threads.items[counters->next++ % count];
		struct counter_record *record = record_of(counters, thread);

		if (record && (has_run(thread, record) || look->last))
			read_record(counters, thread, record);
		if (clock_monotonic_ns() > end_ns)
			break;
	}
}

void counters_look(struct collector *base, struct collect_look *look)
{
	struct counters *counters = counters_of(base);
	uint64_t sum[COUNTERS_MAX];

	memcpy(sum, counters->ended, sizeof(sum));
	read_threads(counters, look);
	for (size_t t = 0; t < look->threads.count; t++) {
		const struct collect_thread *thread = &look->threads.items[t];
		const struct counter_record *record = record_of(counters,
								thread);

		if (!record)
			continue;
		for (size_t i = 0; i < counters->ops->count; i++) {
			const uint64_t value = record->last[i] -
					       record->base[i];

			sum[i] += value;
			put(counters, look, i, METRIC_OF_THREAD, thread->id,
			    value);
		}
	}
	for (size_t i = 0; i < counters->ops->count; i++)
		put(counters, look, i, METRIC_OF_RUN, base->run, sum[i]);
}

void counters_thread_ended(struct collector *base,
			   const struct collect_thread *thread,
			   struct collect_look *look)
{
	struct counters *counters = counters_of(base);
	struct counter_record *record = record_of(counters, thread);
	struct counter_record_vec *all = &counters->records;

	if (!record)
		return;
	read_record(counters, thread, record);
	for (size_t i = 0; i < counters->ops->count; i++) {
		const uint64_t value = record->last[i] - record->base[i];

		counters->ended[i] += value;
		/* One that no look saw is in the sums; that is enough. */
		if (record->account.slices)
			put(counters, look, i, METRIC_OF_THREAD, thread->id,
			    value);
	}
	map64_remove(&counters->places, thread->id);
	*record = all->items[--all->count];
	if (record != &all->items[all->count])
		map64_put(&counters->places, record->thread,
			  record - all->items);
}

void counters_close(struct collector *base)
{
	struct counters *counters = counters_of(base);

	map64_release(&counters->places);
	counter_record_vec_release(&counters->records);
}
