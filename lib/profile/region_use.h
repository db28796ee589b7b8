/* SPDX-License-Identifier: MIT */
/*
 * What was used while a region ran: the series of the collectors, between
 * the begins and ends of its calls.  They are those of the whole process
 * tree where there are none of the thread; all that runs at the time counts.
 */
#ifndef CPROF_PROFILE_REGION_USE_H
#define CPROF_PROFILE_REGION_USE_H

#include "profile/filter.h"

/* Sums, in the order of region_use.amount. */
enum region_amount {
	REGION_READ, REGION_WRITTEN, REGION_DISK_READ, REGION_DISK_WRITTEN,
	REGION_RECEIVED, REGION_SENT, REGION_GPU_TIME, REGION_AMOUNTS
};

/* "read", "written", ... */
const char *region_amount_name(enum region_amount amount);

/* The metric that it comes from: "io.read", ... */
const char *region_amount_metric(enum region_amount amount);

/* That of memory. */
#define REGION_MEMORY_METRIC "memory.rss"

struct region_use {
	bool memory_known;
	double memory_in;		/* bytes at the first begin */
	double memory_change;		/* from begins to ends, together */
	double memory_peak;		/* the most during any call */
	/*
	 * How far each may be from the truth: what moved between the looks
	 * before and after a begin or an end may lie on either side of it.
	 */
	double memory_in_doubt;
	double memory_change_doubt;
	double memory_peak_doubt;
	double peak_lowest, peak_highest;	/* so far */
	uint32_t known;			/* bit per amount */
	double amount[REGION_AMOUNTS];
	double doubt[REGION_AMOUNTS];
};

/*
 * Is it so doubtful that a reader must be told?  Memory: by more than 1 MiB
 * and 5 %; an amount: by more than 4 KiB (us) and 1 %.
 */
bool region_memory_vague(double bytes, double doubt);
bool region_amount_vague(double amount, double doubt);

VEC_DEFINE(region_use_vec, struct region_use);

/*
 * Add up what the calls of each row used; `row_of` has the row of each
 * region, `uses` one for each row, zeroed.
 */
void region_use_add(struct region_use *uses, const struct u32_vec *row_of,
		    const struct profile *profile,
		    const struct filter *filter);

/*
 * The innermost region that any thread was in at `time_ns` (recording's
 * clock) of the run; ID_NONE: none.
 */
uint32_t region_at_time(const struct profile *profile, uint32_t run,
			uint64_t time_ns);

#endif
