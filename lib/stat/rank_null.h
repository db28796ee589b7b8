/* SPDX-License-Identifier: MIT */
/*
 * What ranks do by chance: the exact distributions of rank statistics, given
 * the ranks, so that ties are no trouble.
 */
#ifndef CPROF_STAT_RANK_NULL_H
#define CPROF_STAT_RANK_NULL_H

#include "stat/estimate.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Ranks 1 to `count` of values in ascending order, ties get their mean: into
 * `ranks`, each doubled, which makes them whole numbers.  Returns the sum of
 * t^3 - t over groups of t equal values, for corrections.
 */
double rank_doubled(const double *sorted, size_t count, uint32_t *ranks);

/* The ranks of `count` different values, doubled as above. */
void rank_plain(uint32_t *ranks, size_t count);

/* P(sum = s) for s = 0 ... top. */
struct rank_null {
	double *p;
	size_t top;
	uint32_t unit;		/* the doubled ranks of one step of s */
};

/* Each rank counts with probability 1/2, by itself. */
struct rank_null rank_null_signs(const uint32_t *ranks, size_t count);

/* `chosen` of the ranks count; every choice is equally likely. */
struct rank_null rank_null_choice(const uint32_t *ranks, size_t count,
				  size_t chosen);

/* Mann and Whitney's U of `m` and `n` different values, both below 64. */
struct rank_null rank_null_u(size_t m, size_t n);

void rank_null_release(struct rank_null *null);

/* The probability of a sum as far out as `s` or farther. */
double rank_null_p(const struct rank_null *null, size_t s, enum tail tail);

/*
 * The largest c with P(sum <= c - 1) <= tail: the c-th value from each end
 * bounds the interval.  0: there is none.  `*below` gets the probability.
 */
size_t rank_null_depth(const struct rank_null *null, double tail,
		       double *below);

/*
 * The same from the normal approximation, with half a step for continuity:
 * `excess` is the statistic minus its mean.  1 for a `sigma` of 0.
 */
double rank_normal_p(double excess, double sigma, enum tail tail);

#endif
