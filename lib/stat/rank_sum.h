/* SPDX-License-Identifier: MIT */
/*
 * Two independent samples: the rank-sum test of Wilcoxon, Mann and Whitney
 * (the U test), and the shift that goes with it.
 *
 * Mann and Whitney, "On a test of whether one of two random variables is
 * stochastically larger than the other", Annals of Mathematical Statistics
 * 18(1), 1947; Hollander, Wolfe and Chicken, 4.2 and 4.3.
 */
#ifndef CPROF_STAT_RANK_SUM_H
#define CPROF_STAT_RANK_SUM_H

#include "stat/estimate.h"

#include <stddef.h>

enum {
	/* Exact while both samples are below this, as in R. */
	RANK_SUM_EXACT_BELOW = 50
};

/*
 * The Hodges-Lehmann shift: the median of all y_j - x_i (above 0: the second
 * sample is larger), with its interval.  Level 0.95 needs 4 and 4 values.
 * Both counts are above 0.
 */
struct estimate rank_sum_estimate(const double *x, size_t x_count,
				  const double *y, size_t y_count,
				  double level);

/*
 * The p-value of "no shift"; TAIL_GREATER: y is larger than x.  Exact for
 * small samples, given the ties when there are some; then normal, with
 * corrections for ties and continuity.
 */
double rank_sum_p(const double *x, size_t x_count, const double *y,
		  size_t y_count, enum tail tail);

#endif
