/* SPDX-License-Identifier: MIT */
/* Self and total of every function, line, file or module at once. */
#ifndef CPROF_PROFILE_KEY_TOTALS_H
#define CPROF_PROFILE_KEY_TOTALS_H

#include "profile/weights.h"

struct key_total {
	uint64_t self_ns;
	uint64_t total_ns;
	uint64_t samples;		/* of its own */
	uint64_t total_samples;
};

/*
 * Add the cells [from, to) of `weights` to `totals`, by key.  `keys` has
 * the key of every location, by location id; all are below `key_count`.
 * A key counts once in the total of a stack, however often it is in it.
 *
 * Works on the stacks as they are, without merging them first: no hashing,
 * time and memory in proportion to the number of stacks.
 */
void key_totals_add(struct key_total *totals, size_t key_count,
		    const struct profile *profile, const uint32_t *keys,
		    const struct weights *weights, size_t from, size_t to);

#endif
