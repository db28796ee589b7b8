/* SPDX-License-Identifier: MIT */
#include "record/call_skid.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum {
	LOOKS = 1000,		/* in a window of a second */
	CODE = 1, CALL = 2	/* stacks */
};

static void add_look(struct interval_vec *window, uint32_t stack,
		     uint8_t flags)
{
	interval_vec_push(window, (struct interval){
		.wall_ns = NS_PER_MS, .stack = stack,
		.state = STATE_RUNNING, .flags = flags,
	});
}

/* Every `each`th look came upon a call, soon. */
static void fill(struct interval_vec *window, int each)
{
	window->count = 0;
	for (int i = 0; i < LOOKS; i++) {
		if (i % each)
			add_look(window, CODE, 0);
		else
			add_look(window, CALL, LOOK_IN_CALL | LOOK_SOON);
	}
}

static size_t looks_at(const struct interval_vec *window, uint32_t stack)
{
	size_t count = 0;

	for (size_t i = 0; i < window->count; i++)
		count += window->items[i].stack == stack;
	return count;
}

static uint64_t length_of(const struct interval_vec *window)
{
	uint64_t length_ns = 0;

	for (size_t i = 0; i < window->count; i++)
		length_ns += window->items[i].wall_ns;
	return length_ns;
}

/* Windows until `end_s`, of which the kernel says `system` of 100. */
static size_t run(struct interval_vec *window, int each, uint64_t system,
		  int end_s)
{
	struct call_skid skid = { .stops = 0 };
	uint64_t system_ns = 0, user_ns = 0;
	size_t calls = 0;

	for (int i = 0; i < end_s; i++) {
		system_ns += system * NS_PER_S / 100;
		user_ns += (100 - system) * NS_PER_S / 100;
		fill(window, each);
		call_skid_account(&skid, user_ns, system_ns, false);
		call_skid_leave_out(&skid, window);
		assert_int_equal(length_of(window), LOOKS * NS_PER_MS);
		assert_int_equal(looks_at(window, CODE),
				 LOOKS - LOOKS / each);
		calls += looks_at(window, CALL);
	}
	return calls;
}

static void as_many_calls_stay_as_the_kernel_accounts_for(void **state)
{
	struct interval_vec window = VEC_INIT;

	/* Of 10,000 looks 1,000; a stop of ours is 1 % of system time. */
	assert_in_range(run(&window, 10, 3, 10), 180, 240);
	assert_in_range(run(&window, 10, 0, 10), 15, 50);
	interval_vec_release(&window);
}

static void calls_that_take_their_time_stay(void **state)
{
	struct interval_vec window = VEC_INIT;

	assert_int_equal(run(&window, 10, 12, 5), 500);
	assert_int_equal(run(&window, 2, 60, 5), 2500);
	interval_vec_release(&window);
}

static void what_is_no_early_call_is_left_alone(void **state)
{
	struct interval_vec window = VEC_INIT;
	struct call_skid skid = { .stops = 0 };

	call_skid_account(&skid, 100 * NS_PER_S, 0, true);
	call_skid_account(&skid, 101 * NS_PER_S, 0, false);
	for (int i = 0; i < LOOKS; i++)
		add_look(&window, CALL, LOOK_IN_CALL);
	assert_false(call_skid_in(&window));
	assert_int_equal(call_skid_leave_out(&skid, &window), 0);
	for (size_t i = 0; i < window.count; i++)
		assert_int_equal(window.items[i].flags, 0);
	interval_vec_release(&window);
}

static void somebody_stays_to_carry_the_cpu_time(void **state)
{
	struct interval_vec window = VEC_INIT;
	struct call_skid skid = { .stops = 0 };
	const struct interval sleep = {
		.wall_ns = NS_PER_MS, .stack = 3, .state = STATE_SLEEP,
	};

	call_skid_account(&skid, NS_PER_S, 0, false);
	for (int i = 0; i < LOOKS; i++) {
		interval_vec_push(&window, sleep);
		add_look(&window, CALL,
			 SAMPLE_LATE | LOOK_IN_CALL | LOOK_SOON);
	}
	assert_true(call_skid_in(&window));
	assert_int_equal(call_skid_leave_out(&skid, &window), LOOKS - 1);
	assert_int_equal(looks_at(&window, CALL), 1);
	assert_int_equal(window.items[1].flags, SAMPLE_LATE);
	assert_int_equal(length_of(&window), 2 * LOOKS * NS_PER_MS);
	interval_vec_release(&window);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_many_calls_stay_as_the_kernel_accounts_for),
		cmocka_unit_test(calls_that_take_their_time_stay),
		cmocka_unit_test(what_is_no_early_call_is_left_alone),
		cmocka_unit_test(somebody_stays_to_carry_the_cpu_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
