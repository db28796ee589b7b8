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

/*
 * The degrees of freedom of Welch and Satterthwaite.  Without any variance
 * they are not defined; those of the pooled test stand in.
 */
static double welch_df(double x_part, size_t x_count, double y_part,
		       size_t y_count)
{
	const double sum = x_part + y_part;
	double parts = 0;

	if (!(sum > 0))
		return x_count + y_count - 2.0;
	if (x_count > 1)
		parts += x_part * x_part / (x_count - 1);
	if (y_count > 1)
		parts += y_part * y_part / (y_count - 1);
	return sum * sum / parts;
}

struct t_test t_test_welch(const double *x, size_t x_count, const double *y,
			   size_t y_count)
{
	const double x_part = variance_of(x, x_count) / x_count;
	const double y_part = variance_of(y, y_count) / y_count;
	struct t_test test = {
		.mean = mean_of(y, y_count) - mean_of(x, x_count),
		.error = sqrt(x_part + y_part),
	};

	/* Nothing is known of the spread of a single value. */
	if (x_count > 1 && y_count > 1)
		test.df = welch_df(x_part, x_count, y_part, y_count);
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
