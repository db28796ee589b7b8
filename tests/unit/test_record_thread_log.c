/* SPDX-License-Identifier: MIT */
#include "record/thread_log.h"

#include "record/lateness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* A sink that keeps the samples of all windows. */
struct kept {
	struct sample_sink sink;
	struct sample_vec samples;
	uint64_t cpu_ns;
	uint64_t next_start_ns;
};

static void keep_window(struct sample_sink *sink,
			const struct thread_window *window)
{
	struct kept *kept = container_of(sink, struct kept, sink);

	if (kept->samples.count)
		assert_int_equal(window->start_ns, kept->next_start_ns);
	thread_window_samples(window, &kept->samples);
	kept->cpu_ns += window->cpu_ns;
	kept->next_start_ns = window->start_ns;
	for (size_t i = 0; i < window->count; i++)
		kept->next_start_ns += window->intervals[i].wall_ns;
}

static const struct sample_sink_ops keeping = { .window = keep_window };

enum { BETWEEN = 99 };

static uint64_t sum_cpu(const struct sample_vec *samples, uint32_t stack)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < samples->count; i++) {
		if (samples->items[i].stack == stack)
			sum += samples->items[i].cpu_ns;
	}
	return sum;
}

static uint64_t sum_wall(const struct sample_vec *samples)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < samples->count; i++)
		sum += samples->items[i].wall_ns;
	return sum;
}

static void cpu_time_is_divided_over_running_intervals(void **state)
{
	struct kept kept = { .sink.ops = &keeping };
	struct task_account account = { .run_ns = 500 };
	struct thread_log log;

	thread_log_init(&log, 3, 1000, &account);
	thread_log_add(&log, 2000, STATE_RUNNING, 1, 0);
	thread_log_add(&log, 4000, STATE_FUTEX, 2, 0);
	thread_log_add(&log, 7000, STATE_RUNNING, 5, 0);
	account.run_ns = 500 + 1001;
	thread_log_account(&log, &account);
	thread_log_flush(&log, &kept.sink, BETWEEN);

	assert_int_equal(kept.samples.count, 3);
	assert_int_equal(sum_cpu(&kept.samples, 1), 500);
	assert_int_equal(sum_cpu(&kept.samples, 2), 0);
	assert_int_equal(sum_cpu(&kept.samples, 5), 501);
	assert_int_equal(sum_wall(&kept.samples), 6000);
	assert_int_equal(kept.samples.items[2].time_ns, 7000);
	assert_int_equal(kept.samples.items[2].thread, 3);
	sample_vec_release(&kept.samples);
	thread_log_release(&log);
}

static void windows_follow_each_other_and_sum_to_the_account(void **state)
{
	struct kept kept = { .sink.ops = &keeping };
	struct task_account account = { 0 };
	struct thread_log log;

	thread_log_init(&log, 0, 0, &account);
	for (uint64_t i = 1; i <= 1000; i++) {
		thread_log_add(&log, i * 1000,
			       i % 3 ? STATE_RUNNING : STATE_RUNNABLE, i % 7,
			       0);
		account.run_ns += 637;
		thread_log_account(&log, &account);
		if (i % 10 == 0)
			thread_log_flush(&log, &kept.sink, BETWEEN);
	}
	assert_int_equal(sum_wall(&kept.samples), 1000 * 1000);
	assert_int_equal(kept.cpu_ns, 637 * 1000);
	assert_int_equal(thread_log_cpu_ns(&log), 637 * 1000);
	assert_int_equal(sum_cpu(&kept.samples, BETWEEN), 0);
	sample_vec_release(&kept.samples);
	thread_log_release(&log);
}

static void cpu_time_that_nobody_saw_is_shown(void **state)
{
	struct kept kept = { .sink.ops = &keeping };
	struct task_account account = { 0 };
	struct thread_log log;

	thread_log_init(&log, 0, 0, &account);
	thread_log_add(&log, 1000, STATE_SLEEP, 1, 0);
	account.run_ns = 70;
	thread_log_account(&log, &account);
	thread_log_flush(&log, &kept.sink, BETWEEN);

	assert_int_equal(sum_cpu(&kept.samples, BETWEEN), 70);
	assert_int_equal(sum_wall(&kept.samples), 1000);
	sample_vec_release(&kept.samples);
	thread_log_release(&log);
}

static void waits_for_a_cpu_are_as_long_as_the_kernel_says(void **state)
{
	struct kept kept = { .sink.ops = &keeping };
	struct task_account account = { 0 };
	struct thread_log log;
	uint64_t waited_ns = 0;

	thread_log_init(&log, 0, 0, &account);
	thread_log_add(&log, 1000000, STATE_RUNNING, 1, 0);
	thread_log_add(&log, 2000000, STATE_RUNNABLE, 2, 0);
	thread_log_add(&log, 3000000, STATE_SLEEP, 3, 0);
	thread_log_add(&log, 5000000, STATE_RUNNABLE, 2, 0);
	thread_log_add(&log, 7000000, STATE_RUNNING, 1, 0);
	account.run_ns = 1500000;
	account.wait_ns = 4200123;
	thread_log_account(&log, &account);
	thread_log_flush(&log, &kept.sink, BETWEEN);

	for (size_t i = 0; i < kept.samples.count; i++) {
		const struct sample *sample = &kept.samples.items[i];

		if (sample->state == STATE_RUNNABLE)
			waited_ns += sample->wall_ns;
		if (sample->state == STATE_SLEEP)
			assert_int_equal(sample->wall_ns, 1299877);
	}
	assert_int_equal(waited_ns, 4200123);
	assert_int_equal(sum_wall(&kept.samples), 7000000);
	assert_int_equal(sum_cpu(&kept.samples, 1), 1500000);
	sample_vec_release(&kept.samples);
	thread_log_release(&log);
}

static void preempted_intervals_stand_in_for_running_ones(void **state)
{
	struct kept kept = { .sink.ops = &keeping };
	struct task_account account = { 0 };
	struct thread_log log;

	thread_log_init(&log, 0, 0, &account);
	thread_log_add(&log, 1000, STATE_RUNNABLE, 1, SAMPLE_PREEMPTED);
	thread_log_add(&log, 2000, STATE_RUNNABLE, 2, 0);
	thread_log_add(&log, 5000, STATE_RUNNABLE, 3, SAMPLE_PREEMPTED);
	account.run_ns = 400;
	thread_log_account(&log, &account);
	thread_log_flush(&log, &kept.sink, BETWEEN);

	assert_int_equal(sum_cpu(&kept.samples, 1), 200);
	assert_int_equal(sum_cpu(&kept.samples, 2), 0);
	assert_int_equal(sum_cpu(&kept.samples, 3), 200);
	sample_vec_release(&kept.samples);
	thread_log_release(&log);
}

static void a_long_sleep_keeps_what_it_slept(void **state)
{
	struct kept kept = { .sink.ops = &keeping };
	struct task_account account = { 0 };
	struct thread_log log;

	thread_log_init(&log, 0, 0, &account);
	thread_log_add(&log, 1000, STATE_POLL, 1, 0);
	thread_log_woke(&log, 64000, 3000);
	thread_log_add(&log, 64000, STATE_RUNNING, 2, 0);
	thread_log_flush(&log, &kept.sink, BETWEEN);

	assert_int_equal(kept.samples.count, 2);
	assert_int_equal(kept.samples.items[0].length_ns, 61000);
	assert_int_equal(kept.samples.items[1].length_ns, 3000);
	sample_vec_release(&kept.samples);
	thread_log_release(&log);
}

static void what_was_seen_last_can_go_on(void **state)
{
	struct kept kept = { .sink.ops = &keeping };
	struct task_account account = { 0 };
	struct thread_log log;

	thread_log_init(&log, 0, 0, &account);
	thread_log_add(&log, 1000, STATE_RUNNING, 1, 0);
	thread_log_extend(&log, 1700);
	thread_log_extend(&log, 1600);
	thread_log_flush(&log, &kept.sink, BETWEEN);

	assert_int_equal(kept.samples.count, 1);
	assert_int_equal(kept.samples.items[0].length_ns, 1700);
	assert_int_equal(kept.samples.items[0].time_ns, 1700);
	sample_vec_release(&kept.samples);
	thread_log_release(&log);
}

static void an_account_never_goes_back(void **state)
{
	struct task_account account = { .run_ns = 50, .wait_ns = 5 };
	struct thread_log log;

	thread_log_init(&log, 0, 0, &account);
	account.run_ns = 90;
	thread_log_account(&log, &account);
	account.run_ns = 80;
	thread_log_account(&log, &account);
	assert_int_equal(thread_log_cpu_ns(&log), 40);
	thread_log_release(&log);
}

static void lateness_percentiles_are_within_a_quarter(void **state)
{
	struct lateness lateness = { .count = 0 };

	assert_int_equal(lateness_percentile(&lateness, 50), 0);
	for (uint64_t i = 1; i <= 1000; i++)
		lateness_add(&lateness, i * 100);
	assert_in_range(lateness_percentile(&lateness, 50), 50000, 62500);
	assert_in_range(lateness_percentile(&lateness, 99), 99000, 123750);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cpu_time_is_divided_over_running_intervals),
		cmocka_unit_test(
			windows_follow_each_other_and_sum_to_the_account),
		cmocka_unit_test(cpu_time_that_nobody_saw_is_shown),
		cmocka_unit_test(
			waits_for_a_cpu_are_as_long_as_the_kernel_says),
		cmocka_unit_test(preempted_intervals_stand_in_for_running_ones),
		cmocka_unit_test(a_long_sleep_keeps_what_it_slept),
		cmocka_unit_test(what_was_seen_last_can_go_on),
		cmocka_unit_test(an_account_never_goes_back),
		cmocka_unit_test(lateness_percentiles_are_within_a_quarter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
