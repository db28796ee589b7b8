/* SPDX-License-Identifier: MIT */
/* Where the values of a sample lie, and how they spread. */
#ifndef CPROF_STAT_QUANTILE_H
#define CPROF_STAT_QUANTILE_H

#include <stddef.h>

/* Put into ascending order.  NaN is not allowed, here and below. */
void sort_doubles(double *values, size_t count);

/*
 * The quantile `p` (0 to 1) of `count` > 0 values in ascending order, linear
 * between them: type 7 of Hyndman and Fan, "Sample quantiles in statistical
 * packages", The American Statistician 50(4), 1996; the default of R.
 */
double quantile_sorted(const double *sorted, size_t count, double p);

/* The same of values in any order, which stay as they are. */
double median_of(const double *values, size_t count);

/*
 * Median of the absolute deviations from the median, times 1.4826, so that
 * it estimates the standard deviation of normal values.
 */
double mad_of(const double *values, size_t count);

double mean_of(const double *values, size_t count);

/* Sample variance (divided by count - 1); 0 for a single value. */
double variance_of(const double *values, size_t count);

#endif
