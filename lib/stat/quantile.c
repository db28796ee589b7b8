/* SPDX-License-Identifier: MIT */
#include "stat/quantile.h"

#include "base/compiler.h"
#include "base/mem.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* Makes it a consistent estimate for normal values: 1 / quantile(0.75). */
#define MAD_TO_SIGMA 1.4826

static int compare_doubles(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

void sort_doubles(double *values, size_t count)
{
	if (count)
		qsort(values, count, sizeof(*values), compare_doubles);
}

double quantile_sorted(const double *sorted, size_t count, double p)
{
	const double place = (count - 1) * p;
	const size_t low = (size_t)place;
	const size_t high = MIN(low + 1, count - 1);

	assert(count && p >= 0 && p <= 1);
	return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
}

/* Takes `values`, which are reordered and freed. */
static double take_median(double *values, size_t count)
{
	double median;

	sort_doubles(values, count);
	median = quantile_sorted(values, count, 0.5);
	free(values);
	return median;
}

double median_of(const double *values, size_t count)
{
	return take_median(mem_copy(values, count * sizeof(*values)), count);
}

double mad_of(const double *values, size_t count)
{
	const double center = median_of(values, count);
	double *deviations = mem_calloc(count, sizeof(*deviations));

	for (size_t i = 0; i < count; i++)
		deviations[i] = fabs(values[i] - center);
	return MAD_TO_SIGMA * take_median(deviations, count);
}

double mean_of(const double *values, size_t count)
{
	double sum = 0;

	assert(count);
	for (size_t i = 0; i < count; i++)
		sum += values[i];
	return sum / count;
}

double variance_of(const double *values, size_t count)
{
	const double mean = mean_of(values, count);
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += (values[i] - mean) * (values[i] - mean);
	return count > 1 ? sum / (count - 1) : 0;
}
