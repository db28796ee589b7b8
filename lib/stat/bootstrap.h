/* SPDX-License-Identifier: MIT */
/*
 * The percentile bootstrap: Efron and Tibshirani, An Introduction to the
 * Bootstrap, chapter 13.  Too narrow for fewer than about ten values.
 */
#ifndef CPROF_STAT_BOOTSTRAP_H
#define CPROF_STAT_BOOTSTRAP_H

#include "stat/estimate.h"
#include "stat/rng.h"

#include <stddef.h>

/* What is estimated; median_of() and mean_of() fit. */
typedef double statistic_fn(const double *values, size_t count);

/* `count` and `rounds` are above 0; 2,000 rounds are usual. */
struct estimate bootstrap_estimate(const double *values, size_t count,
				   statistic_fn *statistic, double level,
				   size_t rounds, struct rng *rng);

/* The same for statistic(y) - statistic(x), both drawn anew. */
struct estimate bootstrap_shift(const double *x, size_t x_count,
				const double *y, size_t y_count,
				statistic_fn *statistic, double level,
				size_t rounds, struct rng *rng);

#endif
