/* SPDX-License-Identifier: MIT */
/* What the memory is for: /proc/PID/smaps, by kind of mapping. */
#include "collect/collector.h"

#include "base/clock.h"
#include "proc/memory.h"

static const char *const resident_names[SPACE_KINDS] = {
	[SPACE_HEAP] = "space.heap",
	[SPACE_STACK] = "space.stack",
	[SPACE_FILE] = "space.file",
	[SPACE_SHARED] = "space.shared",
	[SPACE_NAMED] = "space.named",
	[SPACE_ANON] = "space.anon",
};

static void put(struct collector *collector, struct collect_look *look,
		const char *name, enum metric_unit unit, uint64_t value)
{
	collect_put(collector, look, &(struct metric){
		.name = name, .source = "space", .kind = METRIC_GAUGE,
		.unit = unit, .scope = METRIC_OF_RUN,
		.owner = collector->run }, value);
}

static void space_look(struct collector *collector, struct collect_look *look)
{
	struct address_sizes sizes = { .mappings = 0 };
	struct error err = ERROR_INIT;
	uint64_t mapped = 0;

	for (size_t i = 0; i < look->processes.count; i++)
		address_sizes_read(look->processes.items[i].live, &sizes,
				   &err);
	if (!sizes.mappings) {
		if (err.kind == ERROR_SYSTEM)
			collect_note(collector, "%s", err.text);
		return;
	}
	for (int i = 0; i < SPACE_KINDS; i++) {
		mapped += sizes.mapped[i];
		put(collector, look, resident_names[i], METRIC_BYTES,
		    sizes.resident[i]);
	}
	put(collector, look, "space.mapped", METRIC_BYTES, mapped);
	put(collector, look, "space.mappings", METRIC_NUMBER,
	    sizes.mappings);
}

const struct collector_ops space_collector_ops = {
	.name = "space",
	.level = LEVEL_COMPREHENSIVE,
	.period_ns = NS_PER_S,
	.size = sizeof(struct collector),
	.background = true,
	.look = space_look,
};
