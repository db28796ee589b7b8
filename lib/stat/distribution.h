/* SPDX-License-Identifier: MIT */
/* The distributions that tests and intervals need. */
#ifndef CPROF_STAT_DISTRIBUTION_H
#define CPROF_STAT_DISTRIBUTION_H

/* P(Z <= z), Z normal with mean 0 and standard deviation 1. */
double normal_cdf(double z);

/*
 * The z with normal_cdf(z) = p; -INFINITY and INFINITY for 0 and 1.
 * Wichura, algorithm AS 241, Applied Statistics 37(3), 1988; 1e-15.
 */
double normal_quantile(double p);

/* P(T <= t), Student's t with `df` > 0 degrees of freedom (any real). */
double t_cdf(double t, double df);

/* The t with t_cdf(t, df) = p, to about 1e-12 of its size. */
double t_quantile(double p, double df);

/*
 * The regularised incomplete beta function I_x(a, b), by the continued
 * fraction of Lentz's method (Numerical Recipes, 6.4); a, b > 0.
 */
double incomplete_beta(double a, double b, double x);

#endif
