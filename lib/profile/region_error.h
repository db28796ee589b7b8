/* SPDX-License-Identifier: MIT */
/* How far the sampled CPU time of regions may be from the truth. */
#ifndef CPROF_PROFILE_REGION_ERROR_H
#define CPROF_PROFILE_REGION_ERROR_H

#include "profile/regions.h"

/*
 * Fill `cpu_error_ns` of all rows, which are complete but for that.
 *
 * A row's share is a ratio of sums over ticks: of the CPU weights in it, and
 * of all.  Ticks come at random, but one tick looks at all threads, and what
 * threads do at one time may be the same; so the unit is the tick, not the
 * sample (Cochran, Sampling Techniques, 3rd ed., section 9A: ratio estimator
 * of clusters of unequal sizes).
 */
void region_errors_add(struct region_rows *rows,
		       const struct profile *profile,
		       const struct filter *filter);

#endif
