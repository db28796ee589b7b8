/* SPDX-License-Identifier: MIT */
/*
 * Order statistics of the means or differences of all pairs, without making
 * them: they are counted along the sorted values, in linear time, and the
 * one that is wanted is found by bisection.
 */
#ifndef CPROF_STAT_PAIRWISE_H
#define CPROF_STAT_PAIRWISE_H

#include <stddef.h>

/* Of the `count` (count + 1) / 2 means (x_i + x_j) / 2, i <= j. */
double walsh_rank(const double *sorted, size_t count, size_t rank);

/* Of the x_count * y_count differences y_j - x_i; rank 0: the smallest. */
double difference_rank(const double *x_sorted, size_t x_count,
		       const double *y_sorted, size_t y_count, size_t rank);

#endif
