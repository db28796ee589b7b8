/* SPDX-License-Identifier: MIT */
#include "collect/counters.h"

#include "base/clock.h"

#include <unistd.h>

enum {
	/*
	 * Nobody serves the program meanwhile.  Of thousands of threads,
	 * some are read at each look, and the others a little later.
	 */
	READ_WITHIN_MS = 10,
	/* Of all so far, this part more is worth telling. */
	QUICK_PART = 1000,
};

static struct counters *counters_of(struct collector *base)
{
	return container_of(base, struct counters, base);
}

static void put(struct counters *counters, struct collect_look *look,
		uint64_t time_ns, size_t i, enum metric_scope scope,
		uint32_t owner, uint64_t value)
{
	collect_put_at(&counters->base, look, time_ns, &(struct metric){
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
	record->file = -1;
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

/* Of the quick counters of all threads. */
static uint64_t quick_sum(const struct counters *counters)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < COUNTERS_QUICK; i++) {
		sum += counters->ended[i];
		for (size_t r = 0; r < counters->records.count; r++)
			sum += counters->records.items[r].last[i] -
			       counters->records.items[r].base[i];
	}
	return sum;
}

static uint64_t worth_telling(const struct counters *counters)
{
	return counters->told / QUICK_PART + 1;
}

/* The first `count` of each thread and of all; or those held back. */
static void put_all(struct counters *counters, struct collect_look *look,
		    uint64_t time_ns, size_t count, bool held)
{
	uint64_t sum[COUNTERS_MAX];

	memcpy(sum, counters->ended, sizeof(sum));
	for (size_t t = 0; t < look->threads.count; t++) {
		const struct collect_thread *thread = &look->threads.items[t];
		const struct counter_record *record = record_of(counters,
								thread);

		if (!record || (held && !record->is_held))
			continue;
		for (size_t i = 0; i < count; i++) {
			const uint64_t value = (held ? record->held[i] :
						record->last[i]) -
					       record->base[i];

			sum[i] += value;
			put(counters, look, time_ns, i, METRIC_OF_THREAD,
			    thread->id, value);
		}
	}
	for (size_t i = 0; i < count; i++)
		put(counters, look, time_ns, i, METRIC_OF_RUN,
		    counters->base.run, sum[i]);
}

/* Before `sum` is told: the line to it begins where it was not yet so. */
static void put_held(struct counters *counters, struct collect_look *look,
		     uint64_t sum)
{
	if (counters->held_ns && sum - counters->told >=
				 worth_telling(counters))
		put_all(counters, look, counters->held_ns, COUNTERS_QUICK,
			true);
	counters->held_ns = 0;
	counters->told = sum;
}

static void hold(struct counters *counters, uint64_t sum, uint64_t now_ns)
{
	for (size_t r = 0; r < counters->records.count; r++) {
		struct counter_record *record = &counters->records.items[r];

		memcpy(record->held, record->last, sizeof(record->held));
		record->is_held = true;
	}
	counters->held = sum;
	counters->held_ns = now_ns;
}

/* False when one cannot be read. */
static bool read_quickly(struct counters *counters,
			 const struct collect_look *look)
{
	counters->base.quick_refused += look->threads.count > QUICK_FILES;
	if (!counters->ops->open || look->threads.count > QUICK_FILES)
		return false;
	for (size_t t = 0; t < look->threads.count; t++) {
		const struct collect_thread *thread = &look->threads.items[t];
		struct counter_record *record = record_of(counters, thread);
		uint64_t now[COUNTERS_MAX];

		if (!record)
			return false;
		if (record->file < 0)
			record->file = counters->ops->open(thread);
		if (record->file < 0 ||
		    !counters->ops->read_at(record->file, now))
			return false;
		for (size_t i = 0; i < COUNTERS_QUICK; i++)
			record->last[i] = MAX(record->last[i], now[i]);
	}
	return true;
}

bool counters_quick(struct collector *base, struct collect_look *look)
{
	struct counters *counters = counters_of(base);
	const uint64_t before = counters->held_ns ? counters->held :
				counters->told;
	const uint64_t before_ns = collect_look_time(look);
	uint64_t sum;

	if (!base->reads || !read_quickly(counters, look))
		return false;
	base->quick_reads++;
	collect_look_read(look, before_ns);
	sum = quick_sum(counters);
	if (sum - counters->told >= worth_telling(counters)) {
		put_held(counters, look, sum);
		put_all(counters, look, look->now_ns, COUNTERS_QUICK, false);
	} else {
		hold(counters, sum, look->now_ns);
	}
	return sum - before >= worth_telling(counters);
}

void counters_look(struct collector *base, struct collect_look *look)
{
	struct counters *counters = counters_of(base);
	const uint64_t before_ns = collect_look_time(look);

	read_threads(counters, look);
	collect_look_read(look, before_ns);
	if (counters->ops->open)
		put_held(counters, look, quick_sum(counters));
	put_all(counters, look, look->now_ns, counters->ops->count, false);
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
	if (counters->ops->open)
		put_held(counters, look, quick_sum(counters));
	for (size_t i = 0; i < counters->ops->count; i++) {
		const uint64_t value = record->last[i] - record->base[i];

		counters->ended[i] += value;
		/* One that no look saw is in the sums; that is enough. */
		if (record->account.slices)
			put(counters, look, look->now_ns, i,
			    METRIC_OF_THREAD, thread->id, value);
	}
	map64_remove(&counters->places, thread->id);
	if (record->file >= 0)
		close(record->file);
	*record = all->items[--all->count];
	if (record != &all->items[all->count])
		map64_put(&counters->places, record->thread,
			  record - all->items);
}

void counters_close(struct collector *base)
{
	struct counters *counters = counters_of(base);

	for (size_t i = 0; i < counters->records.count; i++) {
		if (counters->records.items[i].file >= 0)
			close(counters->records.items[i].file);
	}
	map64_release(&counters->places);
	counter_record_vec_release(&counters->records);
}
