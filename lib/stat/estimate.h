/* SPDX-License-Identifier: MIT */
/* An estimate with its interval: what every method here returns. */
#ifndef CPROF_STAT_ESTIMATE_H
#define CPROF_STAT_ESTIMATE_H

#include <stdbool.h>

/*
 * A two-sided interval with equal tails: asked for level 0.95, the truth lies
 * below `low` in at most 2.5 % of the cases and above `high` in as many.
 * One-sided claims at level 1 - a use the interval of level 1 - 2a.
 *
 * When a sample is too small for the level that was asked for, there is no
 * interval: low is -INFINITY, high is INFINITY and `level` is 1.
 */
struct estimate {
	double value;
	double low;
	double high;
	double level;		/* what it has; exact methods: at least asked */
};

/* Which alternative a p-value is about. */
enum tail {
	TAIL_BOTH,		/* the shift is not zero */
	TAIL_GREATER,		/* it is above zero */
	TAIL_LESS		/* it is below zero */
};

/* One that knows a value and no more. */
struct estimate estimate_without_interval(double value);

/* Is there an interval at all? */
bool estimate_has_interval(const struct estimate *estimate);

/* Half of the width of the interval; INFINITY when there is none. */
double estimate_half_width(const struct estimate *estimate);

#endif
