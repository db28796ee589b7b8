/* SPDX-License-Identifier: MIT */
#include "stat/estimate.h"

#include <math.h>

struct estimate estimate_without_interval(double value)
{
	return (struct estimate){
		.value = value,
		.low = -INFINITY,
		.high = INFINITY,
		.level = 1,
	};
}

bool estimate_has_interval(const struct estimate *estimate)
{
	return isfinite(estimate->low) && isfinite(estimate->high);
}

double estimate_half_width(const struct estimate *estimate)
{
	return (estimate->high - estimate->low) / 2;
}
