/* SPDX-License-Identifier: MIT */
/* Compare two profiles. */
#ifndef CPROF_COMPARE_COMPARE_H
#define CPROF_COMPARE_COMPARE_H

#include "compare/comparison.h"
#include "compare/options.h"

/*
 * Compare BASE with NEW, each of one or many runs.  The profiles and what
 * the options point to must outlive the comparison.  What cannot be compared
 * fairly is no error: the comparison is refused then, which is inconclusive.
 *
 * -1: ERROR_NOT_FOUND, no such metric or region.  Start with COMPARISON_INIT;
 * to be released in both cases.
 */
int compare_profiles(struct comparison *comparison, const struct profile *base,
		     const struct profile *new,
		     const struct compare_options *options, struct error *err);

/*
 * The parts of it, for gate, which has its own way to judge whole runs; in
 * this order.  compare_sides() says what is compared.
 */
void compare_sides(struct comparison *comparison, const struct profile *base,
		   const struct profile *new);

/* compare_checks.c: notices, and whether to refuse. */
void compare_checks(struct comparison *comparison, const struct profile *base,
		    const struct profile *new,
		    const struct compare_options *options);

/*
 * From the metric that decides: verdict, outcome, improvement,
 * recommendation, and for what is inconclusive reasons and advice.
 */
void compare_decide(struct comparison *comparison,
		    const struct compare_options *options);

#endif
