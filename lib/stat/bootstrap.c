/* SPDX-License-Identifier: MIT */
#include "stat/bootstrap.h"

#include "base/mem.h"
#include "stat/quantile.h"

#include <assert.h>
#include <stdlib.h>

/* statistic() of values drawn with replacement; `draw` has room for them. */
static double draw_statistic(const double *values, size_t count,
			     statistic_fn *statistic, struct rng *rng,
			     double *draw)
{
	for (size_t i = 0; i < count; i++)
		draw[i] = values[rng_below(rng, count)];
	return statistic(draw, count);
}

/* Takes `draws`, which are reordered and freed. */
static struct estimate take_percentiles(double value, double *draws,
					size_t rounds, double level)
{
	struct estimate estimate = { .value = value, .level = level };

	sort_doubles(draws, rounds);
	estimate.low = quantile_sorted(draws, rounds, (1 - level) / 2);
	estimate.high = quantile_sorted(draws, rounds, (1 + level) / 2);
	free(draws);
	return estimate;
}

struct estimate bootstrap_estimate(const double *values, size_t count,
				   statistic_fn *statistic, double level,
				   size_t rounds, struct rng *rng)
{
	double *draw = mem_calloc(count, sizeof(*draw));
	double *draws = mem_calloc(rounds, sizeof(*draws));

	assert(count && rounds);
	for (size_t i = 0; i < rounds; i++)
		draws[i] = draw_statistic(values, count, statistic, rng, draw);
	free(draw);
	return take_percentiles(statistic(values, count), draws, rounds,
				level);
}

struct estimate bootstrap_shift(const double *x, size_t x_count,
				const double *y, size_t y_count,
				statistic_fn *statistic, double level,
				size_t rounds, struct rng *rng)
{
	double *draw = mem_calloc(x_count + y_count, sizeof(*draw));
	double *draws = mem_calloc(rounds, sizeof(*draws));

	assert(x_count && y_count && rounds);
	for (size_t i = 0; i < rounds; i++) {
		draws[i] = draw_statistic(y, y_count, statistic, rng, draw);
		draws[i] -= draw_statistic(x, x_count, statistic, rng, draw);
	}
	free(draw);
	return take_percentiles(statistic(y, y_count) -
				statistic(x, x_count), draws, rounds, level);
}
