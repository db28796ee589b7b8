/* SPDX-License-Identifier: MIT */
#include "base/compiler.h"
#include "render/export_timeline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { THREAD_MAX = 8 };

static uint64_t sum_of(const struct moment *moments, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += moments[i].cpu_ns;
	return sum;
}

/* Fit the moments of one thread; none is longer than it may be. */
static void fit(struct moment *moments, size_t count)
{
	uint64_t before = count ? moments[0].start_ns : 0;
	uint64_t began[] = { before };
	uint32_t first[] = { 0, count };
	struct timeline timeline = {
		.moments = { moments, count, count },
		.first = { first, ARRAY_SIZE(first), ARRAY_SIZE(first) },
		.began = { began, 1, 1 },
	};

	timeline_fit_cpu(&timeline);
	for (size_t i = 0; i < count; i++) {
		assert_true(moments[i].cpu_ns <= moments[i].end_ns - before);
		before = moments[i].end_ns;
	}
}

static void cpu_time_follows_the_length_of_moments(void **state)
{
	struct moment moments[] = {
		{ .start_ns = 0, .end_ns = 100, .cpu_ns = 900, .on_cpu = true },
		{ .start_ns = 100, .end_ns = 2000, .cpu_ns = 900,
		  .on_cpu = true },
	};

	fit(moments, ARRAY_SIZE(moments));
	assert_int_equal(moments[0].cpu_ns, 90);
	assert_int_equal(moments[1].cpu_ns, 1710);
}

static void what_is_too_much_was_used_before(void **state)
{
	struct moment moments[] = {
		{ .start_ns = 0, .end_ns = 100, .cpu_ns = 0 },
		{ .start_ns = 100, .end_ns = 200, .cpu_ns = 20 },
		/* Time between samples has no length. */
		{ .start_ns = 200, .end_ns = 200, .cpu_ns = 150 },
	};

	fit(moments, ARRAY_SIZE(moments));
	assert_int_equal(moments[0].cpu_ns, 70);
	assert_int_equal(moments[1].cpu_ns, 100);
	assert_int_equal(moments[2].cpu_ns, 0);
}

static void what_began_too_early_is_used_later(void **state)
{
	struct moment moments[] = {
		{ .start_ns = 50, .end_ns = 60, .cpu_ns = 40 },
		{ .start_ns = 60, .end_ns = 160, .cpu_ns = 0 },
	};

	fit(moments, ARRAY_SIZE(moments));
	assert_int_equal(moments[0].cpu_ns, 10);
	assert_int_equal(moments[1].cpu_ns, 30);
}

static void time_that_nothing_can_hold_is_dropped(void **state)
{
	struct moment moments[] = {
		{ .start_ns = 0, .end_ns = 10, .cpu_ns = 30, .on_cpu = true },
		{ .start_ns = 10, .end_ns = 15, .cpu_ns = UINT32_MAX },
	};

	fit(moments, ARRAY_SIZE(moments));
	assert_int_equal(sum_of(moments, 2), 15);
	fit(NULL, 0);
}

static uint32_t random_below(uint32_t *state, uint32_t end)
{
	*state = *state * 1664525 + 1013904223;
	return (*state >> 8) % end;
}

static void no_sum_is_lost_where_there_is_room(void **state)
{
	uint32_t seed = 1;

	for (int round = 0; round < 5000; round++) {
		const size_t count = 1 + random_below(&seed, THREAD_MAX);
		struct moment moments[THREAD_MAX];
		uint64_t now = random_below(&seed, 50), start = now, sum;

		memset(moments, 0, sizeof(moments));
		for (size_t i = 0; i < count; i++) {
			now += random_below(&seed, 3) ? 0 : 20;
			moments[i].start_ns = now;
			now += random_below(&seed, 100);
			moments[i].end_ns = now;
			moments[i].on_cpu = random_below(&seed, 2);
			moments[i].cpu_ns = random_below(&seed, 120);
		}
		start = moments[0].start_ns;
		sum = sum_of(moments, count);
		fit(moments, count);
		assert_int_equal(sum_of(moments, count),
				 MIN(sum, now - start));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cpu_time_follows_the_length_of_moments),
		cmocka_unit_test(what_is_too_much_was_used_before),
		cmocka_unit_test(what_began_too_early_is_used_later),
		cmocka_unit_test(time_that_nothing_can_hold_is_dropped),
		cmocka_unit_test(no_sum_is_lost_where_there_is_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
