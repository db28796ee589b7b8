/* SPDX-License-Identifier: MIT */
/* Resident memory: /proc/PID/status. */
#include "collect/collector.h"

#include "base/clock.h"
#include "base/map64.h"
#include "proc/memory.h"

struct memory_collector {
	struct collector base;
	struct map64 peaks;		/* by process id: VmHWM */
	struct memory_facts facts;
	bool any;
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

static void note_process(struct memory_collector *memory, uint32_t id,
			 uint64_t peak_bytes, uint64_t now_ns)
{
	map64_put(&memory->peaks, id, peak_bytes);
	/* The kernel saw what happened between two looks. */
	raise_peak(memory, peak_bytes, now_ns);
}

static void memory_look(struct collector *base, struct collect_look *look)
{
	struct memory_collector *memory = memory_of(base);
	struct memory_sizes sum = { .rss = 0 };

	for (size_t i = 0; i < look->processes.count; i++) {
		const struct collect_process *process =
			&look->processes.items[i];
		struct memory_sizes one;

		if (!memory_sizes_read(process->pid, &one))
			continue;
		sum.rss += one.rss;
		sum.anon += one.anon;
		sum.file += one.file;
		sum.shmem += one.shmem;
		sum.swap += one.swap;
		note_process(memory, process->id, one.peak, look->now_ns);
		if (look->level >= LEVEL_DETAILED)
			put_process(base, look, process->id, one.rss);
	}
	/* All are dead, and not yet gone. */
	if (!sum.rss)
		return;
	put(base, look, "memory.rss", sum.rss);
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
	uint64_t peak = 0;

	map64_get(&memory->peaks, id, &peak);
	return peak;
}

void memory_collector_ended(struct collector *collector, uint32_t id,
			    uint64_t max_rss_bytes, uint64_t now_ns)
{
	struct memory_collector *memory = memory_of(collector);

	map64_remove(&memory->peaks, id);
	raise_peak(memory, max_rss_bytes, now_ns);
}

static void memory_close(struct collector *base)
{
	map64_release(&memory_of(base)->peaks);
}

const struct collector_ops memory_collector_ops = {
	.name = "memory",
	.level = LEVEL_STANDARD,
	.period_ns = 100 * NS_PER_MS,
	.size = sizeof(struct memory_collector),
	.look = memory_look,
	.close = memory_close,
};
