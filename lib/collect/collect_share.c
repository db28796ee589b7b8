/* SPDX-License-Identifier: MIT */
/*
 * Memory with each shared page counted once: /proc/PID/smaps_rollup.  It
 * costs 10 ms for each GiB, so large programs are looked at rarely.
 */
#include "collect/collector.h"

#include "base/clock.h"
#include "proc/memory.h"

static void put(struct collector *collector, struct collect_look *look,
		const char *name, uint64_t bytes)
{
	collect_put(collector, look, &(struct metric){
		.name = name, .source = "memory", .kind = METRIC_GAUGE,
		.unit = METRIC_BYTES, .scope = METRIC_OF_RUN,
		.owner = collector->run }, bytes);
}

static void share_look(struct collector *collector, struct collect_look *look)
{
	struct memory_share sum = { .pss = 0 };
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < look->processes.count; i++) {
		struct memory_share one = { .pss = 0 };

		/* What ended meanwhile is no news. */
		if (memory_share_read(look->processes.items[i].live, &one,
				      &err))
			continue;
		sum.pss += one.pss;
		sum.private_bytes += one.private_bytes;
	}
	if (!sum.pss) {
		if (err.kind == ERROR_SYSTEM)
			collect_note(collector, "%s", err.text);
		return;
	}
	put(collector, look, "memory.pss", sum.pss);
	put(collector, look, "memory.private", sum.private_bytes);
}

const struct collector_ops share_collector_ops = {
	.name = "pss",
	.level = LEVEL_STANDARD,
	.period_ns = NS_PER_S,
	.size = sizeof(struct collector),
	.background = true,
	.look = share_look,
};
