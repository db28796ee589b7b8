/* SPDX-License-Identifier: MIT */
/* Weights: what a sample stands for must add up to the kernel's account. */
#include "model/sample.h"
#include "model/stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct sample_vec samples_of(uint64_t cpu_ns,
				    const struct interval *intervals,
				    size_t count)
{
	const struct thread_window window = {
		.thread = 3, .start_ns = 1000, .cpu_ns = cpu_ns,
		.intervals = intervals, .count = count,
	};
	struct sample_vec out = VEC_INIT;

	thread_window_samples(&window, &out);
	assert_int_equal(out.count, count);
	return out;
}

static uint64_t cpu_sum(const struct sample_vec *samples)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < samples->count; i++)
		sum += samples->items[i].cpu_ns;
	return sum;
}

/* However long ago the look before was. */
static void each_look_on_a_cpu_gets_the_same_cpu_time(void **state)
{
	const struct interval intervals[] = {
		{ .wall_ns = 1000, .stack = 1, .state = STATE_RUNNING },
		{ .wall_ns = 500, .stack = 1, .state = STATE_SLEEP },
		{ .wall_ns = 3000, .stack = 2, .state = STATE_RUNNING },
		{ .wall_ns = 0, .stack = 2, .state = STATE_RUNNING },
	};
	struct sample_vec out = samples_of(2100, intervals, 4);

	assert_int_equal(out.items[0].cpu_ns, 700);
	assert_int_equal(out.items[2].cpu_ns, 700);
	assert_int_equal(out.items[3].cpu_ns, 700);
	assert_int_equal(out.items[0].wall_ns, 700);
	assert_int_equal(out.items[2].wall_ns, 700);
	assert_int_equal(out.items[2].length_ns, 3000);
	sample_vec_release(&out);
}

static void only_intervals_on_a_cpu_get_cpu_time(void **state)
{
	const struct interval intervals[] = {
		{ .wall_ns = 5000, .stack = 1, .state = STATE_FUTEX },
		{ .wall_ns = 1000, .stack = 2, .state = STATE_RUNNING },
		{ .wall_ns = 9000, .stack = 3, .state = STATE_RUNNABLE },
		{ .wall_ns = 7000, .stack = 4, .state = STATE_STOPPED },
	};
	struct sample_vec out = samples_of(800, intervals, 4);

	assert_int_equal(out.items[0].cpu_ns, 0);
	assert_int_equal(out.items[1].cpu_ns, 800);
	assert_int_equal(out.items[2].cpu_ns, 0);
	assert_int_equal(out.items[3].cpu_ns, 0);
	sample_vec_release(&out);
}

static void states_and_times_follow_the_intervals(void **state)
{
	const struct interval intervals[] = {
		{ .wall_ns = 10, .stack = 7, .state = STATE_DISK,
		  .flags = SAMPLE_UNSTOPPED },
		{ .wall_ns = 20, .stack = 8, .state = STATE_RUNNING,
		  .flags = SAMPLE_LATE },
	};
	struct sample_vec out = samples_of(5, intervals, 2);

	assert_int_equal(out.items[0].time_ns, 1010);
	assert_int_equal(out.items[1].time_ns, 1030);
	assert_int_equal(out.items[0].length_ns, 10);
	assert_int_equal(out.items[1].length_ns, 20);
	assert_int_equal(out.items[0].stack, 7);
	assert_int_equal(out.items[1].stack, 8);
	assert_int_equal(out.items[0].state, STATE_DISK);
	assert_int_equal(out.items[0].flags, SAMPLE_UNSTOPPED);
	assert_int_equal(out.items[1].flags, SAMPLE_LATE);
	assert_int_equal(out.items[1].thread, 3);
	sample_vec_release(&out);
}

static uint64_t wall_sum(const struct sample_vec *samples)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < samples->count; i++)
		sum += samples->items[i].wall_ns;
	return sum;
}

/* 1000 long: 300 on a CPU, 200 waiting for one, so 500 asleep. */
static void wall_weights_follow_the_kernels_account(void **state)
{
	const struct interval intervals[] = {
		{ .wall_ns = 100, .state = STATE_RUNNING },
		{ .wall_ns = 100, .state = STATE_RUNNING },
		{ .wall_ns = 50, .state = STATE_RUNNABLE },
		{ .wall_ns = 500, .state = STATE_POLL },
		{ .wall_ns = 250, .state = STATE_SLEEP },
	};
	const struct thread_window window = {
		.cpu_ns = 300, .runqueue_ns = 200,
		.intervals = intervals, .count = ARRAY_SIZE(intervals),
	};
	struct sample_vec out = VEC_INIT;

	thread_window_samples(&window, &out);
	assert_int_equal(out.items[0].wall_ns, 150);
	assert_int_equal(out.items[1].wall_ns, 150);
	assert_int_equal(out.items[2].wall_ns, 200);
	assert_int_equal(out.items[3].wall_ns, 333);
	assert_int_equal(out.items[4].wall_ns, 167);
	sample_vec_release(&out);
}

static void a_part_without_interval_goes_to_the_others(void **state)
{
	const struct interval busy = { .wall_ns = 1000,
				       .state = STATE_RUNNING };
	const struct interval asleep = { .wall_ns = 1000,
					 .state = STATE_SLEEP };
	struct thread_window window = {
		.cpu_ns = 300, .runqueue_ns = 200,
		.intervals = &busy, .count = 1,
	};
	struct sample_vec out = VEC_INIT;

	thread_window_samples(&window, &out);
	window.intervals = &asleep;
	thread_window_samples(&window, &out);
	assert_int_equal(out.items[0].wall_ns, 1000);
	assert_int_equal(out.items[1].wall_ns, 1000);
	sample_vec_release(&out);
}

static void wall_weights_sum_to_the_length_exactly(void **state)
{
	struct interval intervals[97];
	uint64_t seed = 7;
	uint64_t length_ns = 0;

	for (size_t i = 0; i < ARRAY_SIZE(intervals); i++) {
		seed = seed * UINT64_C(6364136223846793005) + 1;
		intervals[i] = (struct interval){
			.wall_ns = (seed >> 33) % 5000,
			.state = (seed >> 60) % STATE_COUNT,
		};
		length_ns += intervals[i].wall_ns;
	}
	for (uint64_t cpu_ns = 1; cpu_ns < UINT64_C(1) << 50; cpu_ns *= 5) {
		const struct thread_window window = {
			.cpu_ns = cpu_ns, .runqueue_ns = cpu_ns / 3,
			.intervals = intervals,
			.count = ARRAY_SIZE(intervals),
		};
		struct sample_vec out = VEC_INIT;

		thread_window_samples(&window, &out);
		assert_int_equal(wall_sum(&out), length_ns);
		sample_vec_release(&out);
	}
}

static void cpu_weights_sum_to_the_account_exactly(void **state)
{
	struct interval intervals[997];
	uint64_t seed = 42;

	for (size_t i = 0; i < ARRAY_SIZE(intervals); i++) {
		seed = seed * UINT64_C(6364136223846793005) + 1;
		intervals[i] = (struct interval){
			.wall_ns = 750000 + (seed >> 33) % 500000,
			.state = (seed >> 60) < 5 ? STATE_POLL : STATE_RUNNING,
		};
	}
	for (uint64_t cpu_ns = 1; cpu_ns < UINT64_C(1) << 50; cpu_ns *= 7) {
		struct sample_vec out = samples_of(cpu_ns, intervals,
						   ARRAY_SIZE(intervals));

		assert_int_equal(cpu_sum(&out), cpu_ns);
		sample_vec_release(&out);
	}
}

static void shares_stay_within_a_nanosecond_of_their_proportion(void **state)
{
	struct interval intervals[100];
	struct sample_vec out;

	for (size_t i = 0; i < ARRAY_SIZE(intervals); i++)
		intervals[i] = (struct interval){ .wall_ns = 3,
						  .state = STATE_RUNNING };
	out = samples_of(1000, intervals, ARRAY_SIZE(intervals));
	for (size_t i = 0; i < out.count; i++)
		assert_int_equal(out.items[i].cpu_ns, 10);
	sample_vec_release(&out);
}

static void huge_windows_do_not_overflow(void **state)
{
	const struct interval intervals[] = {
		{ .wall_ns = UINT64_C(1) << 61, .state = STATE_RUNNING },
		{ .wall_ns = UINT64_C(1) << 61, .state = STATE_RUNNING },
	};
	struct sample_vec out = samples_of(UINT64_C(1) << 62, intervals, 2);

	assert_int_equal(out.items[0].cpu_ns, UINT64_C(1) << 61);
	assert_int_equal(cpu_sum(&out), UINT64_C(1) << 62);
	sample_vec_release(&out);
}

static void intervals_without_length_count_as_looks(void **state)
{
	const struct interval intervals[] = {
		{ .wall_ns = 0, .state = STATE_RUNNING },
		{ .wall_ns = 0, .state = STATE_RUNNING },
		{ .wall_ns = 0, .state = STATE_SLEEP },
	};
	struct sample_vec out = samples_of(901, intervals, 3);

	assert_int_equal(out.items[0].cpu_ns, 450);
	assert_int_equal(out.items[1].cpu_ns, 451);
	assert_int_equal(out.items[2].cpu_ns, 0);
	assert_int_equal(wall_sum(&out), 0);
	sample_vec_release(&out);
}

static void nobody_gets_cpu_time_when_none_was_on_a_cpu(void **state)
{
	const struct interval intervals[] = {
		{ .wall_ns = 100, .state = STATE_SLEEP },
		{ .wall_ns = 100, .state = STATE_RUNNABLE },
	};
	struct sample_vec out = samples_of(900, intervals, 2);

	assert_int_equal(cpu_sum(&out), 0);
	sample_vec_release(&out);
}

static void a_window_adds_to_what_was_there(void **state)
{
	const struct interval interval = { .wall_ns = 1,
					   .state = STATE_RUNNING };
	const struct thread_window window = {
		.cpu_ns = 1, .intervals = &interval, .count = 1,
	};
	struct sample_vec out = VEC_INIT;

	for (int i = 0; i < 100; i++)
		thread_window_samples(&window, &out);
	assert_int_equal(out.count, 100);
	assert_int_equal(cpu_sum(&out), 100);
	sample_vec_release(&out);
}

static void every_state_and_special_frame_has_a_name(void **state)
{
	for (int i = 0; i < STATE_COUNT; i++) {
		assert_non_null(thread_state_name(i));
		assert_non_null(thread_state_text(i));
	}
	assert_string_equal(thread_state_name(STATE_COUNT), "other");
	for (int i = 0; i < SPECIAL_COUNT; i++)
		assert_int_equal(special_frame_name(i)[0], '[');
	assert_string_equal(special_frame_name(UINT64_MAX), "[code not seen]");
	assert_false(special_frame_truncated(SPECIAL_BETWEEN_SAMPLES));
	assert_true(special_frame_truncated(SPECIAL_TRUNCATED_CFI));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_look_on_a_cpu_gets_the_same_cpu_time),
		cmocka_unit_test(only_intervals_on_a_cpu_get_cpu_time),
		cmocka_unit_test(states_and_times_follow_the_intervals),
		cmocka_unit_test(wall_weights_follow_the_kernels_account),
		cmocka_unit_test(a_part_without_interval_goes_to_the_others),
		cmocka_unit_test(wall_weights_sum_to_the_length_exactly),
		cmocka_unit_test(cpu_weights_sum_to_the_account_exactly),
		cmocka_unit_test(
			shares_stay_within_a_nanosecond_of_their_proportion),
		cmocka_unit_test(huge_windows_do_not_overflow),
		cmocka_unit_test(intervals_without_length_count_as_looks),
		cmocka_unit_test(nobody_gets_cpu_time_when_none_was_on_a_cpu),
		cmocka_unit_test(a_window_adds_to_what_was_there),
		cmocka_unit_test(every_state_and_special_frame_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
