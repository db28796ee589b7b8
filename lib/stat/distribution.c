/* SPDX-License-Identifier: MIT */
#include "stat/distribution.h"

#include "base/compiler.h"

#include <assert.h>
#include <math.h>

enum {
	FRACTION_STEPS = 1000,
	QUANTILE_STEPS = 200
};

#define TINY 1e-300

double normal_cdf(double z)
{
	return 0.5 * erfc(-z * M_SQRT1_2);
}

/* c[0] + c[1] x + ... + c[7] x^7 */
static double polynomial(const double c[8], double x)
{
	double sum = 0;

	for (int i = 7; i >= 0; i--)
		sum = sum * x + c[i];
	return sum;
}

static double normal_tail_quantile(double tail)
{
	static const double near_top[] = {
		1.42343711074968357734, 4.63033784615654529590,
		5.76949722146069140550, 3.64784832476320460504,
		1.27045825245236838258, 2.41780725177450611770e-1,
		2.27238449892691845833e-2, 7.74545014278341407640e-4
	};
	static const double near_bottom[] = {
		1.0, 2.05319162663775882187, 1.67638483018380384940,
		6.89767334985100004550e-1, 1.48103976427480074590e-1,
		1.51986665636164571966e-2, 5.47593808499534494600e-4,
		1.05075007164441684324e-9
	};
	static const double far_top[] = {
		6.65790464350110377720, 5.46378491116411436990,
		1.78482653991729133580, 2.96560571828504891230e-1,
		2.65321895265761230930e-2, 1.24266094738807843860e-3,
		2.71155556874348757815e-5, 2.01033439929228813265e-7
	};
	static const double far_bottom[] = {
		1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1,
		1.48753612908506148525e-2, 7.86869131145613259100e-4,
		1.84631831751005468180e-5, 1.42151175831644588870e-7,
		2.04426310338993978564e-15
	};
	const double r = sqrt(-log(tail));

	if (r <= 5)
		return polynomial(near_top, r - 1.6) /
		       polynomial(near_bottom, r - 1.6);
	return polynomial(far_top, r - 5) / polynomial(far_bottom, r - 5);
}

double normal_quantile(double p)
{
	static const double top[] = {
		3.3871328727963666080, 1.3314166789178437745e2,
		1.9715909503065514427e3, 1.3731693765509461125e4,
		4.5921953931549871457e4, 6.7265770927008700853e4,
		3.3430575583588128105e4, 2.5090809287301226727e3
	};
	static const double bottom[] = {
		1.0, 4.2313330701600911252e1, 6.8718700749205790830e2,
		5.3941960214247511077e3, 2.1213794301586595867e4,
		3.9307895800092710610e4, 2.8729085735721942674e4,
		5.2264952788528545610e3
	};
	const double q = p - 0.5;
	const double r = 0.180625 - q * q;

	assert(p >= 0 && p <= 1);
	if (p <= 0)
		return -INFINITY;
	if (p >= 1)
		return INFINITY;
	if (fabs(q) <= 0.425)
		return q * polynomial(top, r) / polynomial(bottom, r);
	return q < 0 ? -normal_tail_quantile(p) : normal_tail_quantile(1 - p);
}

static double log_gamma(double x)
{
	int sign;

	return lgamma_r(x, &sign);
}

static double not_zero(double x)
{
	return fabs(x) < TINY ? TINY : x;
}

/* Converges quickly for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double a, double b, double x)
{
	double c = 1;
	double d = 1 / not_zero(1 - (a + b) * x / (a + 1));
	double h = d;

	for (int m = 1; m <= FRACTION_STEPS; m++) {
		const double even = m * (b - m) * x /
				    ((a + 2 * m - 1) * (a + 2 * m));
		const double odd = -(a + m) * (a + b + m) * x /
				   ((a + 2 * m) * (a + 2 * m + 1));
		double step;

		d = 1 / not_zero(1 + even * d);
		c = not_zero(1 + even / c);
		h *= d * c;
		d = 1 / not_zero(1 + odd * d);
		c = not_zero(1 + odd / c);
		step = d * c;
		h *= step;
		if (fabs(step - 1) < 1e-16)
			break;
	}
	return h;
}

/* `y` is 1 - x, which cannot be had from x when it is small. */
static double beta_of(double a, double b, double x, double y)
{
	double front;

	if (x <= 0)
		return 0;
	if (y <= 0)
		return 1;
	front = exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) +
		    a * (x < 0.5 ? log(x) : log1p(-y)) +
		    b * (x < 0.5 ? log1p(-x) : log(y)));
	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(a, b, x) / a;
	return 1 - front * beta_fraction(b, a, y) / b;
}

double incomplete_beta(double a, double b, double x)
{
	assert(a > 0 && b > 0);
	return beta_of(a, b, x, 1 - x);
}

/* P(T > t) for t >= 0 */
static double t_upper(double t, double df)
{
	const double all = df + t * t;

	return 0.5 * beta_of(df / 2, 0.5, df / all, t * t / all);
}

double t_cdf(double t, double df)
{
	assert(df > 0);
	return t > 0 ? 1 - t_upper(t, df) : t_upper(-t, df);
}

static double t_density(double t, double df)
{
	return exp(log_gamma((df + 1) / 2) - log_gamma(df / 2) -
		   0.5 * log(df * M_PI) -
		   (df + 1) / 2 * log1p(t * t / df));
}

/* The t >= 0 that leaves `tail` <= 0.5 above it: Newton, kept in a bracket. */
static double t_tail_quantile(double tail, double df)
{
	double low = 0;
	double high = INFINITY;
	double t = normal_quantile(1 - tail);

	for (int i = 0; i < QUANTILE_STEPS; i++) {
		const double excess = t_upper(t, df) - tail;
		double next = t + excess / t_density(t, df);

		if (excess > 0)
			low = t;
		else
			high = t;
		if (!(next > low && next < high))
			next = isinf(high) ? 2 * low + 1 : (low + high) / 2;
		if (fabs(next - t) <= 1e-14 * next)
			return next;
		t = next;
	}
	return t;
}

double t_quantile(double p, double df)
{
	assert(p >= 0 && p <= 1 && df > 0);
	if (p <= 0)
		return -INFINITY;
	if (p >= 1)
		return INFINITY;
	return p < 0.5 ? -t_tail_quantile(p, df) : t_tail_quantile(1 - p, df);
}
