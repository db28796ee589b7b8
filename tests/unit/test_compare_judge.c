/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "compare/judge.h"

#include <math.h>

enum { RUNS = 12 };

static const struct judge by_two_percent = {
	.level = JUDGE_LEVEL, .margin_percent = 2, .same_percent = 2,
};

static const struct judge in_pairs = {
	.level = JUDGE_LEVEL, .margin_percent = 2, .same_percent = 2,
	.paired = true,
};

/* `count` runs of about `ms`, which differ by `percent` of it. */
static void draw(struct rng *rng, double *values, size_t count, double ms,
		 double percent)
{
	for (size_t i = 0; i < count; i++)
		values[i] = ms * exp(rng_normal(rng) * percent / 100);
}

static void a_tenth_more_is_slower_and_a_tenth_less_faster(void **state)
{
	struct rng rng = rng_of(1);
	double base[RUNS], new[RUNS];
	struct change change;

	draw(&rng, base, RUNS, 100, 1);
	draw(&rng, new, RUNS, 110, 1);
	change = judge_runs(base, RUNS, new, RUNS, &by_two_percent);
	assert_int_equal(change.verdict, VERDICT_SLOWER);
	assert_int_equal(change.judged_by, JUDGED_RANKS);
	assert_true(change.low_percent > 7 && change.low_percent < 10);
	assert_true(change.high_percent > 10 && change.high_percent < 13);
	assert_true(fabs(change.percent - 10) < 1.5);
	assert_true(fabs(change.delta - 10) < 1.5);
	change = judge_runs(new, RUNS, base, RUNS, &by_two_percent);
	assert_int_equal(change.verdict, VERDICT_FASTER);
}

static void the_same_is_the_same_and_little_of_it_tells_nothing(void **state)
{
	struct rng rng = rng_of(2);
	double base[40], new[40];
	struct change change;

	draw(&rng, base, 40, 100, 1);
	draw(&rng, new, 40, 100, 1);
	change = judge_runs(base, 40, new, 40, &by_two_percent);
	assert_int_equal(change.verdict, VERDICT_SAME);
	change = judge_runs(base, 2, new, 2, &by_two_percent);
	assert_int_equal(change.judged_by, JUDGED_T);
	assert_int_equal(change.verdict, VERDICT_UNKNOWN);
	change = judge_runs(base, 1, new, 1, &by_two_percent);
	assert_int_equal(change.judged_by, JUDGED_NOT);
	assert_false(change_has_interval(&change));
	change = judge_runs(base, 0, new, 5, &by_two_percent);
	assert_int_equal(change.verdict, VERDICT_UNKNOWN);
}

/* A machine that gets 1 % slower with every run, and another one at once. */
static void pairs_see_through_a_drift(void **state)
{
	struct rng rng = rng_of(3);
	double base[RUNS], new[RUNS];
	struct change change;

	draw(&rng, base, RUNS, 100, 0.5);
	draw(&rng, new, RUNS, 105, 0.5);
	for (size_t i = 0; i < RUNS; i++) {
		base[i] *= 1 + 0.03 * i;
		new[i] *= 1 + 0.03 * i;
	}
	change = judge_runs(base, RUNS, new, RUNS, &in_pairs);
	assert_int_equal(change.judged_by, JUDGED_PAIRED_RANKS);
	assert_int_equal(change.verdict, VERDICT_SLOWER);
	change = judge_runs(base, RUNS, new, RUNS, &by_two_percent);
	assert_int_equal(change.verdict, VERDICT_UNKNOWN);
}

static void one_run_against_many_takes_their_spread(void **state)
{
	struct rng rng = rng_of(4);
	double base[RUNS], one;
	struct change change;

	draw(&rng, base, RUNS, 100, 1);
	one = 130;
	change = judge_runs(base, RUNS, &one, 1, &by_two_percent);
	assert_int_equal(change.judged_by, JUDGED_T);
	assert_int_equal(change.verdict, VERDICT_SLOWER);
	one = 101;
	change = judge_runs(base, RUNS, &one, 1, &by_two_percent);
	assert_int_equal(change.verdict, VERDICT_UNKNOWN);
}

static void zeros_are_compared_by_differences(void **state)
{
	const double zero[RUNS] = { 0 };
	double some[RUNS], few[RUNS];
	struct change change;

	for (size_t i = 0; i < RUNS; i++) {
		some[i] = 100 + i % 3;
		few[i] = i ? 100 : 0;
	}
	change = judge_runs(zero, RUNS, zero, RUNS, &by_two_percent);
	assert_int_equal(change.verdict, VERDICT_SAME);
	change = judge_runs(zero, RUNS, some, RUNS, &by_two_percent);
	assert_int_equal(change.verdict, VERDICT_UNKNOWN);
	assert_true(isnan(change.percent));
	assert_true(change.low >= 100);
	change = judge_runs(few, RUNS, some, RUNS, &by_two_percent);
	assert_int_equal(change.verdict, VERDICT_SAME);
}

static void a_single_run_needs_a_large_change(void **state)
{
	const double base[] = { 100 };
	const double values[] = { 120, 126, 76, 74 };
	const enum verdict expected[] = {
		VERDICT_UNKNOWN, VERDICT_SLOWER, VERDICT_UNKNOWN,
		VERDICT_FASTER,
	};

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		struct change change = judge_runs(base, 1, &values[i], 1,
						  &by_two_percent);

		judge_single_run(&change, 25);
		assert_int_equal(change.verdict, expected[i]);
	}
}

static void noise_is_that_of_the_runs_but_not_their_drift(void **state)
{
	struct rng rng = rng_of(5);
	double values[20], drift[20];
	double quiet, noisy, turns;

	draw(&rng, values, 20, 100, 0.3);
	quiet = judge_noise_percent(values, 20, false, &rng);
	assert_true(quiet > 0.05 && quiet < 1);
	for (size_t i = 0; i < 20; i++)
		drift[i] = values[i] * (1 + 0.02 * i);
	noisy = judge_noise_percent(drift, 20, false, &rng);
	turns = judge_noise_percent(drift, 20, true, &rng);
	assert_true(noisy > 5);
	assert_true(turns < noisy / 3);
	assert_true(isnan(judge_noise_percent(values, 5, false, &rng)));
}

/*
 * 2,000 comparisons of a version with itself, 10 runs a side that differ by
 * 3 %.  The interval misses 0 by chance in 5 % of them, by the margin of 2 %
 * in far less: no more than 1.3 % expected, so 26; sqrt(26) = 5.
 */
static void a_threshold_of_0_does_not_end_doubt(void **state)
{
	struct judge judge = { .level = JUDGE_LEVEL };
	struct rng rng = rng_of(6);
	double base[RUNS], new[RUNS];
	struct change change;

	draw(&rng, base, RUNS, 100, 10);
	draw(&rng, new, RUNS, 100, 10);
	judge_margin(&judge, 0, 30);
	change = judge_runs(base, RUNS, new, RUNS, &judge);
	assert_int_equal(change.verdict, VERDICT_UNKNOWN);
	judge_margin(&judge, 20, 30);
	change = judge_runs(base, RUNS, new, RUNS, &judge);
	assert_int_equal(change.verdict, VERDICT_SAME);
}

static void no_change_is_rarely_called_one(void **state)
{
	struct rng rng = rng_of(6);
	double base[RUNS], new[RUNS];
	int wrong = 0;

	for (int i = 0; i < 2000; i++) {
		struct change change;

		draw(&rng, base, 10, 100, 3);
		draw(&rng, new, 10, 100, 3);
		change = judge_runs(base, 10, new, 10, i % 2 ?
				    &by_two_percent : &in_pairs);
		wrong += change.verdict == VERDICT_SLOWER ||
			 change.verdict == VERDICT_FASTER;
	}
	assert_true(wrong <= 26 + 5 * 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_tenth_more_is_slower_and_a_tenth_less_faster),
		cmocka_unit_test(
			the_same_is_the_same_and_little_of_it_tells_nothing),
		cmocka_unit_test(pairs_see_through_a_drift),
		cmocka_unit_test(one_run_against_many_takes_their_spread),
		cmocka_unit_test(zeros_are_compared_by_differences),
		cmocka_unit_test(a_single_run_needs_a_large_change),
		cmocka_unit_test(
			noise_is_that_of_the_runs_but_not_their_drift),
		cmocka_unit_test(a_threshold_of_0_does_not_end_doubt),
		cmocka_unit_test(no_change_is_rarely_called_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
