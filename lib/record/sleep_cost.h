/* SPDX-License-Identifier: MIT */
/*
 * What one sleep takes of a CPU: the kernel's ways into it and out of it.
 * They are part of each burst of work, and no look ever meets them.  Ours are
 * the program's, near enough.
 */
#ifndef CPROF_RECORD_SLEEP_COST_H
#define CPROF_RECORD_SLEEP_COST_H

#include "record/lateness.h"

#include <stdint.h>

/* All zero: nothing is known. */
struct sleep_cost {
	struct lateness waits;
};

/* The sampler slept once, and used so much of a CPU meanwhile. */
void sleep_cost_add(struct sleep_cost *cost, uint64_t cpu_ns);

/* Of half of the sleeps at most, within 15 %; a guess when few are known. */
uint64_t sleep_cost_ns(const struct sleep_cost *cost);

#endif
