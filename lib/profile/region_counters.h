/* SPDX-License-Identifier: MIT */
/*
 * What the program counted itself while its regions ran: the size of a
 * state, the length of a queue.  Exact, as the program says each value; but
 * calls that were not seen one by one are missing.
 */
#ifndef CPROF_PROFILE_REGION_COUNTERS_H
#define CPROF_PROFILE_REGION_COUNTERS_H

#include "profile/filter.h"

enum {
	/* Those that have bytes first, then as they were defined. */
	REGION_COUNTERS_MAX = 16
};

/* Counters of one name, of all processes and runs. */
struct region_counter {
	const char *name;
	enum metric_unit unit;
};

/*
 * A counter keeps its value until it is set again.  Before it is set, it
 * counts as 0; but nobody knows what it was when cprof attached.
 */
struct region_counter_use {
	bool known;		/* it had a value in one of the calls */
	bool in_known;
	double in;		/* at the first begin */
	double change;		/* from begins to ends, together */
	double mean;		/* by time */
	double most;
	double out;		/* at the last end */
};

VEC_DEFINE(region_counter_vec, struct region_counter);

struct region_counters {
	struct region_counter_vec counters;
	size_t left_out;	/* counters more than REGION_COUNTERS_MAX */
	struct region_counter_use *uses;	/* by row, then counter */
};

/* `row_of` has the row of each region, of `rows`.  To be released. */
void region_counters_init(struct region_counters *counters,
			  const struct u32_vec *row_of, size_t rows,
			  const struct profile *profile,
			  const struct filter *filter);

void region_counters_release(struct region_counters *counters);

const struct region_counter_use *
region_counters_use(const struct region_counters *counters, size_t row,
		    size_t counter);

#endif
