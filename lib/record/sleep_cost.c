/* SPDX-License-Identifier: MIT */
#include "record/sleep_cost.h"

enum {
	ENOUGH = 16,
	GUESS_NS = 15 * 1000	/* a virtual machine: 6 to 20 us */
};

void sleep_cost_add(struct sleep_cost *cost, uint64_t cpu_ns)
{
	lateness_add(&cost->waits, cpu_ns);
}

uint64_t sleep_cost_ns(const struct sleep_cost *cost)
{
	if (cost->waits.count < ENOUGH)
		return GUESS_NS;
	return lateness_percentile(&cost->waits, 50);
}
