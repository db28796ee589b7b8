/* SPDX-License-Identifier: MIT */
/* What holds for any numbers; drawn at random, from fixed seeds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "stat/multiple.h"
#include "stat/pairwise.h"
#include "stat/quantile.h"
#include "stat/distribution.h"
#include "stat/rank_sum.h"
#include "stat/rng.h"
#include "stat/sequential.h"
#include "stat/signed_rank.h"
#include "stat/t_test.h"

#include <math.h>
#include <string.h>

enum { SAMPLE_MAX = 64, ROUNDS = 200 };

static bool near(double a, double b)
{
	return fabs(a - b) <= 1e-9 * (1 + fabs(a) + fabs(b)) ||
	       (isinf(a) && isinf(b) && (a > 0) == (b > 0));
}

/* Up to `max` values; every second time with many ties and zeros. */
static size_t draw(struct rng *rng, double *values, size_t max)
{
	const size_t count = 1 + rng_below(rng, max);
	const bool coarse = rng_below(rng, 2);

	for (size_t i = 0; i < count; i++) {
		values[i] = rng_normal(rng);
		if (coarse)
			values[i] = round(values[i]);
	}
	return count;
}

static void map(double *out, const double *in, size_t count, double factor,
		double shift)
{
	for (size_t i = 0; i < count; i++)
		out[i] = factor * in[i] + shift;
}

static void assert_moved(const struct estimate *got,
			 const struct estimate *from, double factor,
			 double shift)
{
	double low = factor * from->low + shift;
	double high = factor * from->high + shift;

	assert_true(near(got->value, factor * from->value + shift));
	assert_true(near(got->low, MIN(low, high)));
	assert_true(near(got->high, MAX(low, high)));
	assert_true(near(got->level, from->level));
}

static void intervals_move_with_shift_scale_and_sign(void **state)
{
	static const struct { double factor, shift; } maps[] = {
		{ 1, 17 }, { 3.5, 0 }, { -1, 0 }, { -0.25, 4 }
	};
	struct rng rng = rng_of(1);
	double x[SAMPLE_MAX], y[SAMPLE_MAX], mx[SAMPLE_MAX], my[SAMPLE_MAX];

	for (int round = 0; round < ROUNDS; round++) {
		const size_t m = draw(&rng, x, SAMPLE_MAX);
		const size_t n = draw(&rng, y, SAMPLE_MAX);
		const size_t which = rng_below(&rng, ARRAY_SIZE(maps));
		const double factor = maps[which].factor;
		const double shift = maps[which].shift;
		struct estimate before = signed_rank_estimate(x, m, 0.95);
		struct estimate after;

		map(mx, x, m, factor, shift);
		map(my, y, n, factor, 0);
		after = signed_rank_estimate(mx, m, 0.95);
		assert_moved(&after, &before, factor, shift);
		map(mx, x, m, factor, 0);
		before = rank_sum_estimate(x, m, y, n, 0.9);
		after = rank_sum_estimate(mx, m, my, n, 0.9);
		assert_moved(&after, &before, factor, 0);
	}
}

static void tails_change_places_with_the_sign(void **state)
{
	struct rng rng = rng_of(2);
	double x[SAMPLE_MAX], y[SAMPLE_MAX], minus[SAMPLE_MAX];

	for (int round = 0; round < ROUNDS; round++) {
		const size_t m = draw(&rng, x, SAMPLE_MAX);
		const size_t n = draw(&rng, y, SAMPLE_MAX);

		map(minus, x, m, -1, 0);
		assert_true(near(signed_rank_p(x, m, TAIL_LESS),
				 signed_rank_p(minus, m, TAIL_GREATER)));
		assert_true(near(signed_rank_p(x, m, TAIL_BOTH),
				 signed_rank_p(minus, m, TAIL_BOTH)));
		assert_true(near(rank_sum_p(x, m, y, n, TAIL_LESS),
				 rank_sum_p(y, n, x, m, TAIL_GREATER)));
		assert_true(near(rank_sum_p(x, m, y, n, TAIL_BOTH),
				 rank_sum_p(y, n, x, m, TAIL_BOTH)));
	}
}

static void the_order_of_values_does_not_matter(void **state)
{
	struct rng rng = rng_of(3);
	double x[SAMPLE_MAX], other[SAMPLE_MAX];
	size_t places[SAMPLE_MAX];

	for (int round = 0; round < ROUNDS; round++) {
		const size_t n = draw(&rng, x, SAMPLE_MAX);
		struct estimate a, b;

		for (size_t i = 0; i < n; i++)
			places[i] = i;
		rng_shuffle(&rng, places, n);
		for (size_t i = 0; i < n; i++)
			other[i] = x[places[i]];
		a = signed_rank_estimate(x, n, 0.9);
		b = signed_rank_estimate(other, n, 0.9);
		assert_memory_equal(&a, &b, sizeof(a));
		assert_true(near(signed_rank_p(x, n, TAIL_BOTH),
				 signed_rank_p(other, n, TAIL_BOTH)));
		assert_true(near(median_of(x, n), median_of(other, n)));
	}
}

/* The interval at level 1 - 2a excludes 0 where the test says p <= a. */
static void interval_and_test_agree(void **state)
{
	struct rng rng = rng_of(4);
	double x[SAMPLE_MAX], y[SAMPLE_MAX];

	for (int round = 0; round < ROUNDS; round++) {
		const size_t m = 1 + rng_below(&rng, 40);
		const size_t n = 1 + rng_below(&rng, 40);
		struct estimate estimate;
		double p;

		for (size_t i = 0; i < m; i++)
			x[i] = rng_normal(&rng) + 0.4;
		for (size_t i = 0; i < n; i++)
			y[i] = rng_normal(&rng) + 1;
		estimate = signed_rank_estimate(x, m, 0.9);
		p = signed_rank_p(x, m, TAIL_GREATER);
		assert_int_equal(estimate.low > 0, p <= 0.05);
		estimate = rank_sum_estimate(x, m, y, n, 0.9);
		p = rank_sum_p(x, m, y, n, TAIL_GREATER);
		assert_int_equal(estimate.low > 0, p <= 0.05);
	}
}

/* Every sign of every value, one by one. */
static double signs_by_hand(const double *x, size_t n)
{
	double sizes[SAMPLE_MAX], sum = 0;
	size_t more = 0;

	for (size_t i = 0; i < n; i++) {
		sizes[i] = 0;
		for (size_t j = 0; j < n; j++)
			sizes[i] += fabs(x[j]) < fabs(x[i]) ? 1 :
				    fabs(x[j]) > fabs(x[i]) ? 0 : 0.5;
		sizes[i] += 0.5;
		sum += x[i] > 0 ? sizes[i] : 0;
	}
	for (unsigned int signs = 0; signs < 1u << n; signs++) {
		double other = 0;

		for (size_t i = 0; i < n; i++)
			other += signs >> i & 1 ? sizes[i] : 0;
		more += other >= sum - 1e-9;
	}
	return (double)more / (1u << n);
}

static void ties_are_counted_as_every_arrangement_would(void **state)
{
	struct rng rng = rng_of(5);
	double x[SAMPLE_MAX];

	for (int round = 0; round < 50; round++) {
		const size_t n = 1 + rng_below(&rng, 11);

		for (size_t i = 0; i < n; i++) {
			x[i] = 1.0 + rng_below(&rng, 3);
			x[i] *= rng_below(&rng, 2) ? 1 : -1;
		}
		assert_true(near(signed_rank_p(x, n, TAIL_GREATER),
				 signs_by_hand(x, n)));
	}
}

/* Every choice of those that are called y. */
static double choices_by_hand(const double *all, size_t count, size_t chosen)
{
	double ranks[SAMPLE_MAX], sum = 0;
	size_t more = 0, total = 0;

	for (size_t i = 0; i < count; i++) {
		ranks[i] = 0.5;
		for (size_t j = 0; j < count; j++)
			ranks[i] += all[j] < all[i] ? 1 :
				    all[j] > all[i] ? 0 : 0.5;
		sum += i >= count - chosen ? ranks[i] : 0;
	}
	for (unsigned int set = 0; set < 1u << count; set++) {
		double other = 0;

		if ((size_t)__builtin_popcount(set) != chosen)
			continue;
		for (size_t i = 0; i < count; i++)
			other += set >> i & 1 ? ranks[i] : 0;
		total++;
		more += other >= sum - 1e-9;
	}
	return (double)more / total;
}

static void ties_of_two_samples_too(void **state)
{
	struct rng rng = rng_of(6);
	double all[SAMPLE_MAX];

	for (int round = 0; round < 50; round++) {
		const size_t m = 1 + rng_below(&rng, 6);
		const size_t n = 1 + rng_below(&rng, 6);

		for (size_t i = 0; i < m + n; i++)
			all[i] = rng_below(&rng, 4);
		assert_true(near(rank_sum_p(all, m, all + m, n, TAIL_GREATER),
				 choices_by_hand(all, m + n, n)));
	}
}

static void order_statistics_of_pairs_are_right(void **state)
{
	struct rng rng = rng_of(7);
	static double all[SAMPLE_MAX * SAMPLE_MAX];
	double x[SAMPLE_MAX], y[SAMPLE_MAX];

	for (int round = 0; round < 50; round++) {
		const size_t m = draw(&rng, x, 12);
		const size_t n = draw(&rng, y, 12);
		size_t count = 0;

		sort_doubles(x, m);
		sort_doubles(y, n);
		for (size_t i = 0; i < m; i++) {
			for (size_t j = i; j < m; j++)
				all[count++] = x[i] / 2 + x[j] / 2;
		}
		sort_doubles(all, count);
		for (size_t i = 0; i < count; i++)
			assert_true(near(walsh_rank(x, m, i), all[i]));
		count = 0;
		for (size_t i = 0; i < m; i++) {
			for (size_t j = 0; j < n; j++)
				all[count++] = y[j] - x[i];
		}
		sort_doubles(all, count);
		for (size_t i = 0; i < count; i++)
			assert_true(near(difference_rank(x, m, y, n, i),
					 all[i]));
	}
}

/*
 * 4,000 rounds: the number of misses has a standard deviation of at most
 * sqrt(4000 * 0.1 * 0.9) = 19; five of them are allowed.
 */
static void intervals_hold_the_truth_as_often_as_said(void **state)
{
	struct rng rng = rng_of(8);
	double x[SAMPLE_MAX], y[SAMPLE_MAX];
	int missed[3] = { 0 };

	for (int round = 0; round < 4000; round++) {
		struct estimate estimates[3];
		struct t_test test;

		for (size_t i = 0; i < 12; i++) {
			x[i] = rng_normal(&rng);
			y[i] = 2 * rng_normal(&rng) + 1;
		}
		estimates[0] = signed_rank_estimate(y, 12, 0.9);
		test = t_test_welch(x, 12, y, 9);
		estimates[1] = t_test_estimate(&test, 0.9);
		for (size_t i = 0; i < 12; i++)
			y[i] = x[i] + rng_normal(&rng) + 1;
		for (size_t i = 0; i < 12; i++)
			x[i] = rng_normal(&rng) * M_SQRT2;
		estimates[2] = rank_sum_estimate(x, 12, y, 10, 0.9);
		for (int i = 0; i < 3; i++)
			missed[i] += estimates[i].low > 1 ||
				     estimates[i].high < 1;
	}
	for (int i = 0; i < 3; i++)
		assert_in_range(missed[i], 280, 400 + 5 * 19);
}

static void the_same_seed_gives_the_same_numbers(void **state)
{
	struct rng a = rng_of(42);
	struct rng b = rng_of(42);
	struct rng c = rng_of(43);
	/* Of the authors' own program, seeded by splitmix64 from 42. */
	const uint64_t first = rng_u64(&a);

	assert_true(first == 0x15780b2e0c2ec716);
	assert_true(rng_u64(&b) == first);
	assert_false(rng_u64(&c) == first);
}

static void draws_below_a_limit_are_even(void **state)
{
	struct rng rng = rng_of(10);
	int counts[7] = { 0 };

	/* Expected 10,000 each; standard deviation 93. */
	for (int i = 0; i < 70000; i++)
		counts[rng_below(&rng, 7)]++;
	for (int i = 0; i < 7; i++)
		assert_in_range(counts[i], 10000 - 5 * 93, 10000 + 5 * 93);
}

static void few_values_have_no_interval(void **state)
{
	const double x[] = { 1, 2, 3, 4, 5, 6 };
	struct estimate estimate = signed_rank_estimate(x, 5, 0.95);

	assert_false(estimate_has_interval(&estimate));
	assert_true(near(estimate.value, 3));
	estimate = signed_rank_estimate(x, 6, 0.95);
	assert_true(estimate_has_interval(&estimate));
	assert_int_equal(signed_rank_least_count(0.95), 6);
	assert_int_equal(signed_rank_least_count(0.99), 8);
	estimate = rank_sum_estimate(x, 3, x, 3, 0.95);
	assert_false(estimate_has_interval(&estimate));
	estimate = rank_sum_estimate(x, 4, x, 4, 0.95);
	assert_true(estimate_has_interval(&estimate));
}

static void equal_values_are_no_evidence(void **state)
{
	const double same[] = { 3, 3, 3, 3, 3, 3, 3 };
	const double zeros[] = { 0, 0, 0, 0, 0, 0, 0 };
	const struct t_test test = t_test_welch(same, 7, same, 7);
	struct estimate estimate = rank_sum_estimate(same, 7, same, 7, 0.95);

	assert_true(near(signed_rank_p(zeros, 7, TAIL_BOTH), 1));
	assert_true(near(rank_sum_p(same, 7, same, 7, TAIL_BOTH), 1));
	assert_true(near(t_test_p(&test, TAIL_BOTH), 1));
	assert_true(near(estimate.low, 0) && near(estimate.high, 0));
}

/*
 * Bounds for two looks that err by 0.025 together: Jennison and Turnbull,
 * Group Sequential Methods, tables 2.1 (Pocock) and 2.3 (O'Brien, Fleming).
 */
static void two_looks_err_as_often_as_tables_say(void **state)
{
	static const double bounds[][2] = { { 2.178, 2.178 },
					    { 1.977 * M_SQRT2, 1.977 } };

	for (size_t i = 0; i < ARRAY_SIZE(bounds); i++) {
		const double first = normal_cdf(-bounds[i][0]);
		const double second = normal_cdf(-bounds[i][1]);
		const double more = sequential_new_error(first, second,
							 M_SQRT1_2);

		assert_true(fabs(first + more - 0.025) < 5e-5);
		assert_true(fabs(sequential_alpha(first, more, M_SQRT1_2) -
				 second) < 1e-5);
	}
	assert_true(near(sequential_alpha(0, 0.01, 0.9), 0.01));
	assert_true(near(sequential_new_error(0.01, 0, 0.9), 0));
	assert_true(near(sequential_alpha(0.01, 0, 0.9), 0));
	/* Two that have nothing to do with each other; and nearly the same. */
	assert_true(fabs(sequential_new_error(0.01, 0.02, 0) - 0.0198) < 1e-6);
	assert_true(fabs(sequential_new_error(0.01, 0.02, 0.9999) - 0.01) <
		    2e-4);
}

/* What a look is given it uses up, and not more. */
static void a_look_adds_the_error_that_it_was_given(void **state)
{
	struct rng rng = rng_of(11);

	for (int i = 0; i < ROUNDS; i++) {
		const double before = 0.03 * rng_double(&rng);
		const double error = 0.03 * rng_double(&rng);
		const double correlation = 0.95 * rng_double(&rng);
		const double alpha = sequential_alpha(before, error,
						      correlation);
		const double added = sequential_new_error(before, alpha,
							  correlation);

		assert_true(alpha >= error && alpha <= error + before);
		assert_true(added <= error * 1.0001 && added >= error * 0.98);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_move_with_shift_scale_and_sign),
		cmocka_unit_test(tails_change_places_with_the_sign),
		cmocka_unit_test(the_order_of_values_does_not_matter),
		cmocka_unit_test(interval_and_test_agree),
		cmocka_unit_test(ties_are_counted_as_every_arrangement_would),
		cmocka_unit_test(ties_of_two_samples_too),
		cmocka_unit_test(
			order_statistics_of_pairs_are_right),
		cmocka_unit_test(intervals_hold_the_truth_as_often_as_said),
		cmocka_unit_test(the_same_seed_gives_the_same_numbers),
		cmocka_unit_test(draws_below_a_limit_are_even),
		cmocka_unit_test(few_values_have_no_interval),
		cmocka_unit_test(equal_values_are_no_evidence),
		cmocka_unit_test(two_looks_err_as_often_as_tables_say),
		cmocka_unit_test(a_look_adds_the_error_that_it_was_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
