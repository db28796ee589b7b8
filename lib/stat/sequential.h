/* SPDX-License-Identifier: MIT */
/*
 * Looking more than once at the same growing sample: how much error a look
 * adds to that of the looks before it.
 *
 * Statistics of all values so far (means, signed ranks) are about normal, and
 * those of n values and of m > n correlate by sqrt(n / m): Jennison and
 * Turnbull, Group Sequential Methods, 2000, 2.  Of all ways in which some
 * look is wrong, each is counted at the first look, and not for any look but
 * the one before is it asked whether it was that: so the sum of what these
 * functions say is an upper bound (Hunter, "An upper bound for the
 * probability of a union", Journal of Applied Probability 13(3), 1976).
 */
#ifndef CPROF_STAT_SEQUENTIAL_H
#define CPROF_STAT_SEQUENTIAL_H

/*
 * The probability that a look which errs by `alpha`, on one side, does so
 * where the look before, which errs by `before`, did not; `correlation` is
 * that of both, from 0 to below 1.
 */
double sequential_new_error(double before, double alpha, double correlation);

/* The largest `alpha` with which a look adds no more than `error`. */
double sequential_alpha(double before, double error, double correlation);

#endif
