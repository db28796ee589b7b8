/* SPDX-License-Identifier: MIT */
/* Resident memory: /proc/PID/status. */
#include "collect/collector.h"

#include "base/clock.h"
#include "base/map64.h"
#include "proc/memory.h"
#include "proc/process.h"

#include <unistd.h>

enum {
	/*
	 * Nobody serves the program meanwhile.  Of thousands of processes,
	 * some are read at each look; the others count as at the last one.
	 */
	READ_WITHIN_MS = 10,
	/* What a quick look finds worth telling, and calls a move. */
	QUICK_TOLD_BYTES = 128 << 10,
	QUICK_MOVE_BYTES = 64 << 10,
};

struct memory_record {
	uint32_t id;			/* of the process */
	struct memory_sizes last;
	uint64_t peak_before;		/* before we attached to it, or 0 */
	int statm;			/* for quick looks; -1: not open */
};

VEC_DEFINE(memory_record_vec, struct memory_record);

struct memory_collector {
	struct collector base;
	struct map64 places;		/* process id: index of its record */
	struct memory_record_vec records;
	size_t next;			/* process where the look begins */
	struct memory_facts facts;
	bool any;
	uint64_t told;			/* the last sum */
	uint64_t held;			/* of a quick look after it, */
	uint64_t held_ns;		/* at that time; 0: none */
};

static struct memory_collector *memory_of(struct collector *base)
{
	return container_of(base, struct memory_collector, base);
}

static void put(struct collector *base, struct collect_look *look,
		const char *name, uint64_t bytes)
{
	collect_put(base, look, &(struct metric){
		.name = name, .source = "memory", .kind = METRIC_GAUGE,
		.unit = METRIC_BYTES, .scope = METRIC_OF_RUN,
		.owner = base->run }, bytes);
}

static void put_rss(struct collector *base, struct collect_look *look,
		    uint64_t time_ns, uint64_t bytes)
{
	collect_put_at(base, look, time_ns, &(struct metric){
		.name = "memory.rss", .source = "memory",
		.kind = METRIC_GAUGE, .unit = METRIC_BYTES,
		.scope = METRIC_OF_RUN, .owner = base->run }, bytes);
}

static void put_process(struct collector *base, struct collect_look *look,
			uint32_t process, uint64_t bytes)
{
	collect_put(base, look, &(struct metric){
		.name = "memory.rss", .source = "memory",
		.kind = METRIC_GAUGE, .unit = METRIC_BYTES,
		.scope = METRIC_OF_PROCESS, .owner = process }, bytes);
}

static void raise_peak(struct memory_collector *memory, uint64_t bytes,
		       uint64_t now_ns)
{
	if (bytes <= memory->facts.peak_bytes)
		return;
	memory->facts.peak_bytes = bytes;
	memory->facts.peak_ns = now_ns;
}

static struct memory_record *record_of(struct memory_collector *memory,
				       uint32_t id)
{
	uint64_t place;

	if (!map64_get(&memory->places, id, &place)) {
		place = memory->records.count;
		map64_put(&memory->places, id, place);
		*memory_record_vec_add(&memory->records) =
			(struct memory_record){ .id = id, .statm = -1 };
	}
	return &memory->records.items[place];
}

/*
 * When its first thread has ended, another one tells, to all collectors.
 * False for a zombie, which has no memory any more.
 */
static bool read_sizes(struct collect_process *process,
		       struct memory_sizes *sizes)
{
	if (memory_sizes_read(process->live, sizes))
		return true;
	process->live = process_live_thread(process->pid);
	if (process->live)
		return memory_sizes_read(process->live, sizes);
	process->live = process->pid;
	return false;
}

static void read_process(struct memory_collector *memory,
			 struct collect_process *process, uint64_t now_ns)
{
	struct memory_record *record = record_of(memory, process->id);
	const uint64_t peak = record->last.peak;

	if (!read_sizes(process, &record->last))
		record->last = (struct memory_sizes){ .peak = peak };
	/*
	 * The kernel saw what happened between two looks.  It begins anew
	 * when another program is executed.
	 */
	if (record->last.peak != record->peak_before)
		raise_peak(memory, record->last.peak, now_ns);
}

static void read_processes(struct memory_collector *memory,
			   struct collect_look *look)
{
	const uint64_t end_ns = clock_monotonic_ns() +
				READ_WITHIN_MS * NS_PER_MS;
	const size_t count = look->processes.count;

	for (size_t i = 0; i < count; i++) {
		read_process(memory, &look->processes.items[memory->next++ %
							    count],
			     look->now_ns);
		if (clock_monotonic_ns() > end_ns)
			break;
	}
}

static bool apart(uint64_t a, uint64_t b, uint64_t by)
{
	return MAX(a, b) - MIN(a, b) >= by;
}

/* The line to `bytes` begins where it was last seen elsewhere. */
static void put_held(struct memory_collector *memory,
		     struct collect_look *look, uint64_t bytes)
{
	if (memory->held_ns && apart(bytes, memory->told, QUICK_TOLD_BYTES))
		put_rss(&memory->base, look, memory->held_ns, memory->held);
	memory->held_ns = 0;
}

static void memory_look(struct collector *base, struct collect_look *look)
{
	struct memory_collector *memory = memory_of(base);
	struct memory_sizes sum = { .rss = 0 };
	const uint64_t before_ns = collect_look_time(look);

	read_processes(memory, look);
	collect_look_read(look, before_ns);
	for (size_t i = 0; i < memory->records.count; i++) {
		const struct memory_record *one = &memory->records.items[i];

		sum.rss += one->last.rss;
		sum.anon += one->last.anon;
		sum.file += one->last.file;
		sum.shmem += one->last.shmem;
		sum.swap += one->last.swap;
		if (look->level >= LEVEL_DETAILED)
			put_process(base, look, one->id, one->last.rss);
	}
	/* All are dead, and not yet gone. */
	if (!sum.rss)
		return;
	put_held(memory, look, sum.rss);
	put_rss(base, look, look->now_ns, sum.rss);
	memory->told = sum.rss;
	put(base, look, "memory.anon", sum.anon);
	put(base, look, "memory.file", sum.file);
	put(base, look, "memory.shmem", sum.shmem);
	put(base, look, "memory.swap", sum.swap);
	if (!memory->any)
		memory->facts.initial_bytes = sum.rss;
	memory->any = true;
	memory->facts.final_bytes = sum.rss;
	raise_peak(memory, sum.rss, look->now_ns);
}

/* All of them, now; false when one cannot be read. */
static bool read_quickly(struct memory_collector *memory,
			 const struct collect_look *look)
{
	memory->base.quick_refused += look->processes.count > QUICK_FILES;
	if (memory->records.count != look->processes.count ||
	    look->processes.count > QUICK_FILES)
		return false;
	for (size_t i = 0; i < look->processes.count; i++) {
		const struct collect_process *process =
			&look->processes.items[i];
		struct memory_record *record = record_of(memory, process->id);

		if (record->statm < 0)
			record->statm = resident_open(process->live);
		if (record->statm < 0 ||
		    !resident_read(record->statm, &record->last.rss))
			return false;
		/* The thread has ended; the next full look knows another. */
		if (!record->last.rss) {
			close(record->statm);
			record->statm = -1;
			return false;
		}
	}
	return true;
}

static bool memory_quick(struct collector *base, struct collect_look *look)
{
	struct memory_collector *memory = memory_of(base);
	const uint64_t last = memory->held_ns ? memory->held : memory->told;
	uint64_t sum = 0;

	if (!memory->any || !read_quickly(memory, look))
		return false;
	base->quick_reads++;
	collect_look_read(look, look->now_ns);
	for (size_t i = 0; i < memory->records.count; i++)
		sum += memory->records.items[i].last.rss;
	if (apart(sum, memory->told, QUICK_TOLD_BYTES)) {
		put_held(memory, look, sum);
		put_rss(base, look, look->now_ns, sum);
		memory->told = sum;
		memory->facts.final_bytes = sum;
		raise_peak(memory, sum, look->now_ns);
	} else {
		memory->held = sum;
		memory->held_ns = look->now_ns;
	}
	return apart(sum, last, QUICK_MOVE_BYTES);
}

void memory_collector_facts(const struct collector *collector,
			    struct memory_facts *facts)
{
	*facts = container_of(collector, const struct memory_collector,
			      base)->facts;
}

uint64_t memory_collector_peak(const struct collector *collector, uint32_t id)
{
	const struct memory_collector *memory =
		container_of(collector, const struct memory_collector, base);
	uint64_t place;

	if (!map64_get(&memory->places, id, &place))
		return 0;
	return memory->records.items[place].last.peak;
}

void memory_collector_attached(struct collector *collector,
			       struct collect_process *process)
{
	struct memory_record *record = record_of(memory_of(collector),
						 process->id);

	if (read_sizes(process, &record->last))
		record->peak_before = record->last.peak;
}

void memory_collector_ended(struct collector *collector, uint32_t id,
			    uint64_t max_rss_bytes, uint64_t now_ns)
{
	struct memory_collector *memory = memory_of(collector);
	struct memory_record_vec *all = &memory->records;
	uint64_t place;
	const bool known = map64_get(&memory->places, id, &place);

	if (!known || max_rss_bytes > all->items[place].peak_before)
		raise_peak(memory, max_rss_bytes, now_ns);
	if (!known)
		return;
	map64_remove(&memory->places, id);
	if (all->items[place].statm >= 0)
		close(all->items[place].statm);
	all->items[place] = all->items[--all->count];
	if (place < all->count)
		map64_put(&memory->places, all->items[place].id, place);
}

static void memory_close(struct collector *base)
{
	struct memory_collector *memory = memory_of(base);

	for (size_t i = 0; i < memory->records.count; i++) {
		if (memory->records.items[i].statm >= 0)
			close(memory->records.items[i].statm);
	}
	map64_release(&memory->places);
	memory_record_vec_release(&memory->records);
}

const struct collector_ops memory_collector_ops = {
	.name = "memory",
	.level = LEVEL_STANDARD,
	.period_ns = 100 * NS_PER_MS,
	.size = sizeof(struct memory_collector),
	.look = memory_look,
	.quick = memory_quick,
	.close = memory_close,
};
