/* SPDX-License-Identifier: MIT */
#include "format/chunk_run.h"
#include "record/run_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { SEEDS = 200, PAIRS = 40 };

static void of_two_pairs_one_begins_with_the_other_kind(void **state)
{
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		for (uint32_t pair = 0; pair < PAIRS; pair += 2)
			assert_int_equal(run_order_swapped(seed, pair) +
					 run_order_swapped(seed, pair + 1), 1);
	}
}

/* 4,000 coins: 2,000 +- 32; six times that is never seen. */
static void which_of_the_two_it_is_is_random(void **state)
{
	int swapped = 0, as_before = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		for (uint32_t pair = 0; pair < PAIRS; pair += 2) {
			bool first = run_order_swapped(seed, pair);

			swapped += first;
			as_before += first ==
				run_order_swapped(seed, pair + 2);
		}
	}
	assert_in_range(swapped, 2000 - 190, 2000 + 190);
	assert_in_range(as_before, 2000 - 190, 2000 + 190);
}

static void a_plan_of_pairs_begins_sampled_and_has_as_many_of_each(void **state)
{
	for (uint64_t series = 1; series < SEEDS; series++) {
		struct run_plan plan = { .runs = 5, .plain = true,
					 .series = series };
		struct session_run run;
		uint32_t order = 0, plain = 0, of_pair = 0;

		for (; run_plan_next(&run, &plan); order++) {
			const bool is_plain = run.kind == RUN_PLAIN;

			assert_true(order || !is_plain);
			assert_int_equal(run.place.series, series);
			assert_int_equal(run.place.order, order);
			assert_int_equal(run.place.pair, order / 2);
			assert_int_equal(run.last, order == 9);
			of_pair = order & 1 ? of_pair + is_plain : is_plain;
			assert_true(!(order & 1) || of_pair == 1);
			plain += is_plain;
		}
		assert_int_equal(order, 10);
		assert_int_equal(plain, 5);
	}
}

static void a_plan_without_plain_runs_is_no_series(void **state)
{
	struct run_plan plan = { .runs = 3, .series = 77 };
	struct session_run run;
	uint32_t count = 0;

	while (run_plan_next(&run, &plan)) {
		assert_int_equal(run.kind, RUN_PROFILED);
		assert_int_equal(run.place.series, 0);
		assert_int_equal(run.last, ++count == 3);
	}
	assert_int_equal(count, 3);
}

static void series_differ(void **state)
{
	uint64_t one = run_series_new();

	assert_true(one != 0);
	assert_true(run_series_new() != one);
}

static const struct run_begin placed = {
	.name = "app", .version = "", .rate_hz = 1000, .overhead_ppm = 10000,
	.kind = RUN_PLAIN, .level = LEVEL_DETAILED, .place = { 300, 2, 5 },
};

enum { PLACE_BYTES = 4, LEVEL_BYTES = 1 };	/* 300 takes two */

/* Truncated anywhere else it is no run at all. */
static void an_early_file_has_runs_without_place_or_level(void **state)
{
	struct byte_writer bytes = BYTE_WRITER_INIT;

	run_begin_encode(&bytes, 4, &placed);
	for (size_t len = 0; len <= bytes.len; len++) {
		struct byte_reader in = byte_reader_of(bytes.data, len);
		const size_t missing = bytes.len - len;
		struct arena arena = ARENA_INIT;
		struct run_begin got;
		uint32_t run;

		memset(&got, 0xff, sizeof(got));
		run_begin_decode(&in, &arena, &run, &got);
		assert_int_equal(in.failed, missing && missing != PLACE_BYTES &&
				 missing != PLACE_BYTES + LEVEL_BYTES);
		if (!in.failed) {
			assert_int_equal(got.kind, RUN_PLAIN);
			assert_int_equal(got.level, missing > PLACE_BYTES ?
					 LEVEL_UNKNOWN : LEVEL_DETAILED);
			assert_int_equal(got.place.series, missing ? 0 : 300);
			assert_int_equal(got.place.pair, missing ? 0 : 2);
			assert_int_equal(got.place.order, missing ? 0 : 5);
		}
		arena_release(&arena);
	}
	byte_writer_release(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_two_pairs_one_begins_with_the_other_kind),
		cmocka_unit_test(which_of_the_two_it_is_is_random),
		cmocka_unit_test(
			a_plan_of_pairs_begins_sampled_and_has_as_many_of_each),
		cmocka_unit_test(a_plan_without_plain_runs_is_no_series),
		cmocka_unit_test(series_differ),
		cmocka_unit_test(
			an_early_file_has_runs_without_place_or_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
