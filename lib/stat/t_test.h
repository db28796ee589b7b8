/* SPDX-License-Identifier: MIT */
/*
 * Means and Student's t: for what must add up (seconds by function), and for
 * samples that are too small for ranks.
 *
 * Welch, "The generalization of Student's problem when several different
 * population variances are involved", Biometrika 34, 1947.
 */
#ifndef CPROF_STAT_T_TEST_H
#define CPROF_STAT_T_TEST_H

#include "stat/estimate.h"

#include <stddef.h>

struct t_test {
	double mean;		/* of y minus x, or of the differences */
	double error;		/* its standard error */
	double df;		/* 0: too few values to tell an error */
};

/* One sample of differences; `count` is above 0. */
struct t_test t_test_paired(const double *differences, size_t count);

/* Welch's, for two samples with variances of their own; counts above 0. */
struct t_test t_test_welch(const double *x, size_t x_count, const double *y,
			   size_t y_count);

/* Of how many values, and no more of them than the test needs. */
struct moments {
	size_t count;
	double mean;
	double variance;	/* of the sample; 0 for a single value */
};

struct moments moments_of(const double *values, size_t count);

struct t_test t_test_moments(const struct moments *x,
			     const struct moments *y);

/*
 * For a single value on one side (or on none): both are taken to spread
 * alike, as in Student's own test.  df is 0 when nothing tells the spread.
 */
struct t_test t_test_pooled(const struct moments *x, const struct moments *y);

/*
 * 1 when df is 0.  A standard error of 0 gives 0, or 1 for a mean of 0 (for
 * one tail: 0 when the mean lies on its side, else 1).
 */
double t_test_p(const struct t_test *test, enum tail tail);

struct estimate t_test_estimate(const struct t_test *test, double level);

#endif
