/* SPDX-License-Identifier: MIT */
/* What rows of code are made by: one number for both sides. */
#ifndef CPROF_COMPARE_CODE_KEYS_H
#define CPROF_COMPARE_CODE_KEYS_H

#include "compare/pairing.h"
#include "profile/filter.h"
#include "profile/rows.h"

struct code_keys {
	enum rows_by by;
	size_t count;
	uint32_t *of[SIDE_COUNT];	/* by location id */
	/*
	 * Of waits only: by cell of the weights in place of the location, and
	 * the enum thread_state of each key.  Else NULL.
	 */
	uint32_t *of_cell[SIDE_COUNT];
	uint8_t *states;
	/* By key: a location of it that fits, or ID_NONE: not there. */
	uint32_t *location[SIDE_COUNT];
};

/*
 * Functions and modules as `pairing` has them.  Lines are those of a function
 * as far below its beginning, so that what is written above it does not
 * matter.  Locations that do not fit `spec` have the key `count`.
 */
void code_keys_init(struct code_keys *keys, const struct pairing *pairing,
		    const struct profile *const profiles[SIDE_COUNT],
		    const struct filter_spec *spec, enum rows_by by);
void code_keys_release(struct code_keys *keys);

#endif
