/* SPDX-License-Identifier: MIT */
#include "stat/sequential.h"

#include "stat/distribution.h"

#include <math.h>

enum {
	STEPS = 48,		/* of Simpson's rule; even */
	HALVINGS = 16
};

/* Below its bound by more than that, the look before plays no part. */
static const double reach = 8;

static double density(double z)
{
	return exp(-z * z / 2) / sqrt(2 * M_PI);
}

double sequential_new_error(double before, double alpha, double correlation)
{
	const double first = normal_quantile(1 - before);
	const double second = normal_quantile(1 - alpha);
	const double rest = sqrt(1 - correlation * correlation);
	const double step = reach / STEPS;
	double sum = 0;

	if (before <= 0 || alpha <= 0)
		return fmax(alpha, 0);
	/* Over what the look before can be without being wrong. */
	for (int i = 0; i <= STEPS; i++) {
		const double z = first - reach + step * i;
		const double beyond = normal_cdf((correlation * z - second) /
						 rest);
		const double weight = i % STEPS == 0 ? 1 : i % 2 ? 4 : 2;

		sum += weight * density(z) * beyond;
	}
	return sum * step / 3;
}

double sequential_alpha(double before, double error, double correlation)
{
	/* What both find together is no more than the look before finds. */
	double low = fmax(error, 0);
	double high = fmin(low + before, 0.5);

	for (int i = 0; i < HALVINGS; i++) {
		const double middle = (low + high) / 2;

		if (sequential_new_error(before, middle, correlation) > error)
			high = middle;
		else
			low = middle;
	}
	return low;
}
