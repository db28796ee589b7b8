/* SPDX-License-Identifier: MIT */
#include "stat/signed_rank.h"

#include "base/compiler.h"
#include "base/mem.h"
#include "stat/distribution.h"
#include "stat/pairwise.h"
#include "stat/quantile.h"
#include "stat/rank_null.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

static size_t exact_depth(size_t count, double tail, double *below)
{
	uint32_t ranks[SIGNED_RANK_EXACT_MAX];
	struct rank_null null;
	size_t depth;

	rank_plain(ranks, count);
	null = rank_null_signs(ranks, count);
	depth = rank_null_depth(&null, tail, below);
	rank_null_release(&null);
	return depth;
}

static double null_sigma(double n, double ties)
{
	return sqrt(n * (n + 1) * (2 * n + 1) / 24 - ties / 48);
}

static size_t normal_depth(size_t count, double tail, double *below)
{
	const double n = count;
	const double depth = n * (n + 1) / 4 +
			     normal_quantile(tail) * null_sigma(n, 0);

	*below = tail;
	return depth < 1 ? 0 : (size_t)depth;
}

/* See rank_null_depth(). */
static size_t depth_of(size_t count, double tail, double *below)
{
	if (count <= SIGNED_RANK_EXACT_MAX)
		return exact_depth(count, tail, below);
	return normal_depth(count, tail, below);
}

double signed_rank_tail(size_t count, double tail)
{
	double below = 0;

	return depth_of(count, tail, &below) ? below : 0;
}

size_t signed_rank_least_count(double level)
{
	size_t count = 1;
	double below;

	while (!depth_of(count, (1 - level) / 2, &below))
		count++;
	return count;
}

struct estimate signed_rank_estimate(const double *values, size_t count,
				     double level)
{
	double *sorted = mem_copy(values, count * sizeof(*values));
	const size_t pairs = count * (count + 1) / 2;
	struct estimate estimate;
	double below;
	size_t depth;

	assert(count && level > 0 && level < 1);
	sort_doubles(sorted, count);
	estimate = estimate_without_interval(
		walsh_rank(sorted, count, (pairs - 1) / 2) / 2 +
		walsh_rank(sorted, count, pairs / 2) / 2);
	depth = depth_of(count, (1 - level) / 2, &below);
	if (depth) {
		estimate.low = walsh_rank(sorted, count, depth - 1);
		estimate.high = walsh_rank(sorted, count, pairs - depth);
		estimate.level = 1 - 2 * below;
	}
	free(sorted);
	return estimate;
}

/* The values that are not zero, by size, and their ranks. */
struct ranked {
	double *values;
	uint32_t *ranks;	/* doubled */
	size_t count;
	double ties;
	uint64_t positive;	/* sum of the ranks of those above 0 */
};

static int compare_sizes(const void *a, const void *b)
{
	const double x = fabs(*(const double *)a);
	const double y = fabs(*(const double *)b);

	return (x > y) - (x < y);
}

static void ranked_init(struct ranked *ranked, const double *values,
			size_t count)
{
	double *sizes = mem_calloc(count + 1, sizeof(*sizes));

	*ranked = (struct ranked){
		.values = mem_calloc(count + 1, sizeof(*ranked->values)),
		.ranks = mem_calloc(count + 1, sizeof(*ranked->ranks)),
	};
	for (size_t i = 0; i < count; i++) {
		if (fabs(values[i]) > 0)
			ranked->values[ranked->count++] = values[i];
	}
	qsort(ranked->values, ranked->count, sizeof(*ranked->values),
	      compare_sizes);
	for (size_t i = 0; i < ranked->count; i++)
		sizes[i] = fabs(ranked->values[i]);
	ranked->ties = rank_doubled(sizes, ranked->count, ranked->ranks);
	for (size_t i = 0; i < ranked->count; i++)
		ranked->positive += ranked->values[i] > 0 ?
				    ranked->ranks[i] : 0;
	free(sizes);
}

static void ranked_release(struct ranked *ranked)
{
	free(ranked->values);
	free(ranked->ranks);
}

static double exact_p(const struct ranked *ranked, enum tail tail)
{
	struct rank_null null = rank_null_signs(ranked->ranks, ranked->count);
	const double p = rank_null_p(&null, ranked->positive / null.unit,
				     tail);

	rank_null_release(&null);
	return p;
}

double signed_rank_p(const double *values, size_t count, enum tail tail)
{
	struct ranked ranked;
	double n, p = 1;

	ranked_init(&ranked, values, count);
	n = ranked.count;
	if (ranked.count > SIGNED_RANK_EXACT_MAX)
		p = rank_normal_p((double)ranked.positive / 2 -
				  n * (n + 1) / 4,
				  null_sigma(n, ranked.ties), tail);
	else if (ranked.count)
		p = exact_p(&ranked, tail);
	ranked_release(&ranked);
	return p;
}
