/* SPDX-License-Identifier: MIT */
/*
 * One sample of differences (paired log ratios): Wilcoxon's signed-rank
 * test, and the location that goes with it.
 *
 * Wilcoxon, "Individual comparisons by ranking methods", Biometrics 1(6),
 * 1945; Hodges and Lehmann, "Estimates of location based on rank tests",
 * Annals of Mathematical Statistics 34(2), 1963; the intervals as in
 * Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, 3.3.
 */
#ifndef CPROF_STAT_SIGNED_RANK_H
#define CPROF_STAT_SIGNED_RANK_H

#include "stat/estimate.h"

#include <stddef.h>

enum {
	/* Up to so many values the distribution is exact. */
	SIGNED_RANK_EXACT_MAX = 50
};

/*
 * The Hodges-Lehmann location: the median of all (x_i + x_j) / 2, i <= j,
 * with its interval: exact up to SIGNED_RANK_EXACT_MAX values, from the
 * normal approximation beyond.  With ties it covers at least as often.
 * Level 0.95 needs 6 values; 0.99 needs 8.  `count` is above 0.
 */
struct estimate signed_rank_estimate(const double *values, size_t count,
				     double level);

/*
 * The p-value of "the values lie around 0".  Zeros are left out.  Exact up
 * to SIGNED_RANK_EXACT_MAX values, with ties too (mid-ranks; the distribution
 * given these ranks); then normal, with corrections for ties and continuity
 * as R has them.  1 when nothing is left.
 */
double signed_rank_p(const double *values, size_t count, enum tail tail);

/*
 * How often the truth lies beyond one end of the interval of `count` values
 * whose level is 1 - 2 * `tail`: up to that, for ranks are coarse.
 */
double signed_rank_tail(size_t count, double tail);

/* How many values make an interval of this level possible at all. */
size_t signed_rank_least_count(double level);

#endif
