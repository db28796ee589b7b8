/* SPDX-License-Identifier: MIT */
#include "stat/rank_sum.h"

#include "base/compiler.h"
#include "base/mem.h"
#include "stat/distribution.h"
#include "stat/pairwise.h"
#include "stat/quantile.h"
#include "stat/rank_null.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

static bool is_small(size_t x_count, size_t y_count)
{
	return x_count < RANK_SUM_EXACT_BELOW &&
	       y_count < RANK_SUM_EXACT_BELOW;
}

static double null_sigma(double m, double n, double ties)
{
	const double all = m + n;

	return sqrt(m * n / 12 * (all + 1 - ties / (all * (all - 1))));
}

static size_t exact_depth(size_t x_count, size_t y_count, double tail,
			  double *below)
{
	struct rank_null null = rank_null_u(x_count, y_count);
	const size_t depth = rank_null_depth(&null, tail, below);

	rank_null_release(&null);
	return depth;
}

static size_t normal_depth(size_t x_count, size_t y_count, double tail,
			   double *below)
{
	const double pairs = (double)x_count * y_count;
	const double depth = pairs / 2 + normal_quantile(tail) *
			     null_sigma(x_count, y_count, 0);

	*below = tail;
	return depth < 1 ? 0 : (size_t)depth;
}

struct estimate rank_sum_estimate(const double *x, size_t x_count,
				  const double *y, size_t y_count,
				  double level)
{
	const size_t pairs = x_count * y_count;
	const double tail = (1 - level) / 2;
	double *a = mem_copy(x, x_count * sizeof(*x));
	double *b = mem_copy(y, y_count * sizeof(*y));
	struct estimate estimate;
	double below;
	size_t depth;

	assert(x_count && y_count && level > 0 && level < 1);
	sort_doubles(a, x_count);
	sort_doubles(b, y_count);
	estimate = estimate_without_interval(
		difference_rank(a, x_count, b, y_count, (pairs - 1) / 2) / 2 +
		difference_rank(a, x_count, b, y_count, pairs / 2) / 2);
	depth = is_small(x_count, y_count) ?
		exact_depth(x_count, y_count, tail, &below) :
		normal_depth(x_count, y_count, tail, &below);
	if (depth) {
		estimate.low = difference_rank(a, x_count, b, y_count,
					       depth - 1);
		estimate.high = difference_rank(a, x_count, b, y_count,
						pairs - depth);
		estimate.level = 1 - 2 * below;
	}
	free(a);
	free(b);
	return estimate;
}

/* A value and the sample that it is from. */
struct member {
	double value;
	bool is_y;
};

static int compare_members(const void *a, const void *b)
{
	const struct member *x = a;
	const struct member *y = b;

	return (x->value > y->value) - (x->value < y->value);
}

/* The ranks (doubled) of both samples together; the sum of those of y. */
static uint64_t rank_both(const double *x, size_t x_count, const double *y,
			  size_t y_count, uint32_t *ranks, double *ties)
{
	const size_t count = x_count + y_count;
	struct member *members = mem_calloc(count, sizeof(*members));
	double *values = mem_calloc(count, sizeof(*values));
	uint64_t sum = 0;

	for (size_t i = 0; i < x_count; i++)
		members[i].value = x[i];
	for (size_t i = 0; i < y_count; i++)
		members[x_count + i] = (struct member){ y[i], true };
	qsort(members, count, sizeof(*members), compare_members);
	for (size_t i = 0; i < count; i++)
		values[i] = members[i].value;
	*ties = rank_doubled(values, count, ranks);
	for (size_t i = 0; i < count; i++)
		sum += members[i].is_y ? ranks[i] : 0;
	free(values);
	free(members);
	return sum;
}

double rank_sum_p(const double *x, size_t x_count, const double *y,
		  size_t y_count, enum tail tail)
{
	const size_t count = x_count + y_count;
	const double mean = (double)y_count * (count + 1) / 2;
	uint32_t *ranks = mem_calloc(count, sizeof(*ranks));
	double ties, p;
	uint64_t sum;

	assert(x_count && y_count);
	sum = rank_both(x, x_count, y, y_count, ranks, &ties);
	if (is_small(x_count, y_count)) {
		struct rank_null null = rank_null_choice(ranks, count,
							 y_count);

		p = rank_null_p(&null, sum / null.unit, tail);
		rank_null_release(&null);
	} else {
		p = rank_normal_p((double)sum / 2 - mean,
				  null_sigma(x_count, y_count, ties), tail);
	}
	free(ranks);
	return p;
}
