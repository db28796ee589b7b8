/* SPDX-License-Identifier: MIT */
#include "stat/rank_null.h"

#include "base/compiler.h"
#include "base/mem.h"
#include "stat/distribution.h"

#include <stdlib.h>
#include <string.h>

double rank_doubled(const double *sorted, size_t count, uint32_t *ranks)
{
	double ties = 0;
	size_t end;

	for (size_t i = 0; i < count; i = end) {
		double t;

		for (end = i; end < count && sorted[end] <= sorted[i]; end++)
			;
		/* Twice the mean of i + 1 ... end. */
		for (size_t j = i; j < end; j++)
			ranks[j] = i + 1 + end;
		t = end - i;
		ties += t * t * t - t;
	}
	return ties;
}

void rank_plain(uint32_t *ranks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		ranks[i] = 2 * (i + 1);
}

/* Without ties all doubled ranks are even, which halves the work. */
static uint32_t unit_of(const uint32_t *ranks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (ranks[i] % 2)
			return 1;
	}
	return 2;
}

static struct rank_null null_of(const uint32_t *ranks, size_t count)
{
	struct rank_null null = { .unit = unit_of(ranks, count) };

	for (size_t i = 0; i < count; i++)
		null.top += ranks[i] / null.unit;
	return null;
}

struct rank_null rank_null_signs(const uint32_t *ranks, size_t count)
{
	struct rank_null null = null_of(ranks, count);
	size_t top = 0;

	null.p = mem_calloc(null.top + 1, sizeof(*null.p));
	null.p[0] = 1;
	for (size_t i = 0; i < count; i++) {
		const size_t rank = ranks[i] / null.unit;

		top += rank;
		for (size_t s = top + 1; s-- > 0;) {
			const double with = s >= rank ? null.p[s - rank] : 0;

			null.p[s] = (null.p[s] + with) / 2;
		}
	}
	return null;
}

/*
 * Row k holds P(the first i ranks put k into the choice, and these sum to
 * s).  Rank i is taken with probability (chosen - k) / (those left), which
 * draws without replacement and keeps all numbers below 1.
 */
struct rank_null rank_null_choice(const uint32_t *ranks, size_t count,
				  size_t chosen)
{
	struct rank_null null = null_of(ranks, count);
	const size_t width = null.top + 1;
	double *rows = mem_calloc((chosen + 1) * width, sizeof(*rows));

	rows[0] = 1;
	for (size_t i = 0; i < count; i++) {
		const size_t rank = ranks[i] / null.unit;
		const double left = count - i;

		for (size_t k = MIN(i + 1, chosen) + 1; k-- > 0;) {
			const double miss = 1 - (double)(chosen - k) / left;
			const double take = (double)(chosen - k + 1) / left;
			const double *with = rows + (k ? k - 1 : 0) * width;
			double *row = rows + k * width;

			for (size_t s = width; s-- > 0;) {
				row[s] *= MAX(miss, 0);
				if (k && s >= rank)
					row[s] += take * with[s - rank];
			}
		}
	}
	null.p = mem_copy(rows + chosen * width, width * sizeof(*rows));
	free(rows);
	return null;
}

/*
 * The counts are the coefficients of the product of (1 - q^(n+i)) /
 * (1 - q^i), i = 1 ... m.  They are below 2^128, so that it does no harm
 * that numbers on the way there wrap around.
 */
struct rank_null rank_null_u(size_t m, size_t n)
{
	struct rank_null null = { .top = m * n, .unit = 1 };
	unsigned __int128 *counts = mem_calloc(null.top + 1, sizeof(*counts));
	double all = 0;

	counts[0] = 1;
	for (size_t i = 1; i <= m; i++) {
		for (size_t s = i; s <= null.top; s++)
			counts[s] += counts[s - i];
		for (size_t s = null.top + 1; s-- > n + i;)
			counts[s] -= counts[s - n - i];
	}
	for (size_t s = 0; s <= null.top; s++)
		all += (double)counts[s];
	null.p = mem_calloc(null.top + 1, sizeof(*null.p));
	for (size_t s = 0; s <= null.top; s++)
		null.p[s] = (double)counts[s] / all;
	free(counts);
	return null;
}

void rank_null_release(struct rank_null *null)
{
	free(null->p);
	null->p = NULL;
}

static double tail_p(double less, double greater, enum tail tail)
{
	switch (tail) {
	case TAIL_LESS:
		return MIN(less, 1);
	case TAIL_GREATER:
		return MIN(greater, 1);
	default:
		return MIN(2 * MIN(less, greater), 1);
	}
}

double rank_null_p(const struct rank_null *null, size_t s, enum tail tail)
{
	double less = 0;
	double greater = 0;

	for (size_t i = 0; i <= MIN(s, null->top); i++)
		less += null->p[i];
	for (size_t i = null->top + 1; i-- > s;)
		greater += null->p[i];
	return tail_p(less, greater, tail);
}

size_t rank_null_depth(const struct rank_null *null, double tail,
		       double *below)
{
	double sum = 0;
	size_t depth = 0;

	*below = 0;
	while (depth <= null->top && sum + null->p[depth] <= tail) {
		sum += null->p[depth++];
		*below = sum;
	}
	return depth;
}

double rank_normal_p(double excess, double sigma, enum tail tail)
{
	if (!(sigma > 0))
		return 1;
	return tail_p(normal_cdf((excess + 0.5) / sigma),
		      normal_cdf(-(excess - 0.5) / sigma), tail);
}
