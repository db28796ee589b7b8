/* SPDX-License-Identifier: MIT */
#include "stat/t_test.h"

#include "base/compiler.h"
#include "stat/distribution.h"
#include "stat/quantile.h"

#include <math.h>

struct t_test t_test_paired(const double *differences, size_t count)
{
	return (struct t_test){
		.mean = mean_of(differences, count),
		.error = sqrt(variance_of(differences, count) / count),
		.df = count - 1.0,
	};
}

struct moments moments_of(const double *values, size_t count)
{
	return (struct moments){
		.count = count,
		.mean = mean_of(values, count),
		.variance = variance_of(values, count),
	};
}

/*
 * The degrees of freedom of Welch and Satterthwaite.  Without any variance
 * they are not defined; those of the pooled test stand in.
 */
static double welch_df(const struct moments *x, const struct moments *y)
{
	const double x_part = x->variance / x->count;
	const double y_part = y->variance / y->count;
	const double sum = x_part + y_part;

	if (!(sum > 0))
		return x->count + y->count - 2.0;
	return sum * sum / (x_part * x_part / (x->count - 1) +
			    y_part * y_part / (y->count - 1));
}

struct t_test t_test_moments(const struct moments *x, const struct moments *y)
{
	struct t_test test = {
		.mean = y->mean - x->mean,
		.error = sqrt(x->variance / x->count +
			      y->variance / y->count),
	};

	/* Nothing is known of the spread of a single value. */
	if (x->count > 1 && y->count > 1)
		test.df = welch_df(x, y);
	return test;
}

struct t_test t_test_welch(const double *x, size_t x_count, const double *y,
			   size_t y_count)
{
	const struct moments a = moments_of(x, x_count);
	const struct moments b = moments_of(y, y_count);

	return t_test_moments(&a, &b);
}

struct t_test t_test_pooled(const struct moments *x, const struct moments *y)
{
	struct t_test test = {
		.mean = y->mean - x->mean,
		.df = x->count + y->count - 2.0,
	};
	const double squares = x->variance * (x->count - 1) +
			       y->variance * (y->count - 1);

	if (test.df > 0)
		test.error = sqrt(squares / test.df *
				  (1.0 / x->count + 1.0 / y->count));
	return test;
}

double t_test_p(const struct t_test *test, enum tail tail)
{
	double t = test->mean / test->error;
	double less, greater;

	if (!(test->df > 0))
		return 1;
	if (!(test->error > 0)) {
		if (test->mean > 0 || test->mean < 0)
			t = test->mean > 0 ? INFINITY : -INFINITY;
		else
			return 1;
	}
	less = isinf(t) ? t > 0 : t_cdf(t, test->df);
	/* Not 1 - less, which loses what is small. */
	greater = isinf(t) ? t < 0 : t_cdf(-t, test->df);
	if (tail == TAIL_LESS)
		return less;
	if (tail == TAIL_GREATER)
		return greater;
	return MIN(2 * MIN(less, greater), 1);
}

struct estimate t_test_estimate(const struct t_test *test, double level)
{
	struct estimate estimate = estimate_without_interval(test->mean);
	double reach;

	if (!(test->df > 0))
		return estimate;
	reach = test->error * t_quantile(0.5 + level / 2, test->df);
	estimate.low = test->mean - reach;
	estimate.high = test->mean + reach;
	estimate.level = level;
	return estimate;
}
