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
	uint64_t ns;

	if (cost->waits.count < ENOUGH)
		return GUESS_NS;
	ns = lateness_percentile(&cost->waits, 50);
	/* From the end of a step of a quarter to its middle. */
	return ns - ns / 10;
}
