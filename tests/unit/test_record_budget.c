/* SPDX-License-Identifier: MIT */
#include "record/budget.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum {
	RATE_HZ = 1000,
	STOPPED_NS = 40000,	/* of each stop, in the programs below */
	ASKED_NS = 12000,	/* from INTERRUPT until we see it */
	HELD_NS = 8000		/* and until it may go on */
};

/* A thread that always runs, sampled as often as the budget allows. */
struct busy {
	struct budget budget;
	struct stop_mark mark;
	struct stop stop;
	uint64_t stops;
};

static void busy_start(struct busy *busy, double percent)
{
	*busy = (struct busy){ .stop = { .account_known = true } };
	budget_init(&busy->budget, percent, RATE_HZ);
}

/* One sample later.  Each stop ends in one more time on a CPU. */
static void busy_step(struct busy *busy)
{
	struct stop *stop = &busy->stop;
	const uint64_t period_ns = budget_period_ns(&busy->budget,
						    stop->account.run_ns);

	stop->account.run_ns += period_ns;
	stop->account.slices++;
	stop->seen_ns += period_ns + STOPPED_NS;
	stop->asked_ns = stop->seen_ns - ASKED_NS;
	stop->resumed_ns = stop->seen_ns + HELD_NS;
	budget_count_stop(&busy->budget, &busy->mark, stop, 0);
	busy->stops++;
}

static void the_cost_stays_within_the_budget(void **state)
{
	for (double percent = 0.4; percent < 10; percent *= 2) {
		struct busy busy;
		double cost;

		busy_start(&busy, percent);
		while (busy.stop.account.run_ns < 100 * NS_PER_S)
			busy_step(&busy);
		/* Stopped for 40 us, and 35 us for the way in and out. */
		cost = busy.stops * (STOPPED_NS + 35000.0);
		assert_true(cost <= 1.02 * percent * 1e9);
		assert_true(cost >= MIN(0.9 * percent * 1e9, 7.3e9));
	}
}

/* What is done twice is lost, so that the next stop comes later. */
static void work_done_twice_counts(void **state)
{
	const uint64_t twice_ns = 2 * NS_PER_MS;
	struct busy busy;
	double cost;

	busy_start(&busy, 2);
	while (busy.stop.account.run_ns < 100 * NS_PER_S) {
		busy_step(&busy);
		budget_count_repeat(&busy.budget, twice_ns);
	}
	cost = busy.stops * (STOPPED_NS + 35000.0 + twice_ns);
	/* 25 ms between stops at the longest. */
	assert_true(cost <= 1.05 * MAX(2e9, 4000 * (twice_ns + 75000.0)));
	assert_in_range(busy.stops, 3500, 4100);
	assert_true(budget_cost_ns(&busy.budget) >= cost);
}

static void a_short_run_is_sampled_often(void **state)
{
	struct busy busy;

	busy_start(&busy, 1);
	while (busy.stop.account.run_ns < 100 * NS_PER_MS)
		busy_step(&busy);
	assert_in_range(busy.stops, 50, 101);
}

static void a_run_loses_the_percentage_or_25_ms(void **state)
{
	struct busy busy;

	busy_start(&busy, 1);
	while (busy.stop.account.run_ns < 10 * NS_PER_S) {
		const double cpu_ns = busy.stop.account.run_ns;

		busy_step(&busy);
		assert_true(busy.budget.cost_ns <=
			    1.02 * MAX(0.01 * cpu_ns, 25e6));
		/* It goes on to be sampled when the 25 ms are spent. */
		assert_true(budget_period_ns(&busy.budget, cpu_ns) <
			    20 * NS_PER_MS);
	}
}

static void without_a_limit_the_rate_is_what_was_asked_for(void **state)
{
	struct busy busy;

	busy_start(&busy, 0);
	while (busy.stop.account.run_ns < 10 * NS_PER_S)
		busy_step(&busy);
	assert_in_range(busy.stops, 10 * RATE_HZ - 1, 10 * RATE_HZ + 1);
}

static void what_a_stop_takes_is_learnt_from_the_account(void **state)
{
	struct busy busy;

	busy_start(&busy, 1);
	for (int i = 0; i < 1000; i++)
		busy_step(&busy);
	/* 75 us were lost for every 20 us that we saw. */
	assert_true(busy.budget.factor > 3.7 && busy.budget.factor < 3.8);
	assert_true(busy.budget.stop_ns > 74e3 && busy.budget.stop_ns < 76e3);
}

static void what_nobody_sees_of_a_stop_is_learnt_from_sleeps(void **state)
{
	struct busy busy;

	/* 40 us are seen; 7 for each 3 of a sleep are not. */
	busy_start(&busy, 1);
	budget_learn_sleep(&busy.budget, 3000);
	for (int i = 0; i < 1000; i++)
		busy_step(&busy);
	assert_true(busy.budget.stop_ns > 46e3 && busy.budget.stop_ns < 48e3);
	/* Some other work may have come between. */
	budget_learn_sleep(&busy.budget, NS_PER_S);
	for (int i = 0; i < 1000; i++)
		busy_step(&busy);
	assert_true(busy.budget.stop_ns > 109e3 &&
		    busy.budget.stop_ns < 111e3);
}

static void a_thread_that_slept_in_between_teaches_nothing(void **state)
{
	struct busy busy;
	double factor;

	busy_start(&busy, 1);
	factor = busy.budget.factor;
	for (int i = 0; i < 1000; i++) {
		busy.stop.account.slices += 3;
		busy.stop.seen_ns += NS_PER_MS;
		busy_step(&busy);
	}
	assert_true(busy.budget.factor == factor);
}

static void a_stop_costs_at_least_its_hold(void **state)
{
	const struct stop stop = {
		.asked_ns = 1000000, .seen_ns = 9000000,
		.resumed_ns = 9008000,
	};
	struct stop_mark mark = { .valid = false };
	struct budget budget;

	budget_init(&budget, 1, RATE_HZ);
	/* It waited for a CPU nearly all of the time until it stopped. */
	budget_count_stop(&budget, &mark, &stop, 7999000);
	assert_true(budget.cost_ns > 1.5 * 50e3);
	assert_true(budget.cost_ns < 1.5 * 60e3);
	budget_count_stop(&budget, &mark, &stop, UINT64_MAX / 2);
	assert_true(budget.cost_ns > 1.5 * (50e3 + 13e3));
}

static void our_own_time_counts_when_no_core_is_idle(void **state)
{
	struct budget_window window = {
		.elapsed_ns = NS_PER_S,
		.own_ns = NS_PER_S,
		.waited_ns = NS_PER_S,
		.idle_known = true,
		.idle_ns = NS_PER_S,
		.own_idle_ns = NS_PER_S,
	};
	struct budget budget;

	budget_init(&budget, 1, RATE_HZ);
	budget_end_window(&budget, &window);
	assert_int_equal(budget_cost_ns(&budget), 0);
	assert_int_equal(budget_period_ns(&budget, 0), NS_PER_MS);
	window.idle_ns = 0;
	window.own_idle_ns = 0;
	budget_end_window(&budget, &window);
	assert_int_equal(budget_cost_ns(&budget), NS_PER_S);
	assert_int_equal(budget_period_ns(&budget, 0), 25 * NS_PER_MS);
	assert_int_equal(budget_period_ns(&budget, 200 * NS_PER_S), NS_PER_MS);
	window.idle_known = false;
	budget_end_window(&budget, &window);
	assert_int_equal(budget_cost_ns(&budget), 2 * NS_PER_S);
}

/* All pinned to one CPU of many: what we use there is the program's. */
static void idle_cores_that_we_may_not_use_are_no_help(void **state)
{
	const struct budget_window window = {
		.elapsed_ns = NS_PER_S,
		.own_ns = 20 * NS_PER_MS,
		.waited_ns = NS_PER_S,
		.idle_known = true,
		.idle_ns = 3 * NS_PER_S,
	};
	struct budget budget;

	budget_init(&budget, 1, RATE_HZ);
	budget_end_window(&budget, &window);
	assert_int_equal(budget_cost_ns(&budget), 20 * NS_PER_MS);
}

/* On a full machine, a program that sleeps loses nothing by our work. */
static void our_own_time_is_lost_only_while_it_waits(void **state)
{
	struct budget_window window = {
		.elapsed_ns = NS_PER_S,
		.own_ns = 40 * NS_PER_MS,
		.idle_known = true,
	};
	struct budget budget;

	budget_init(&budget, 1, RATE_HZ);
	budget_end_window(&budget, &window);
	assert_int_equal(budget_cost_ns(&budget), 0);
	window.waited_ns = 3 * NS_PER_MS;
	budget_end_window(&budget, &window);
	assert_int_equal(budget_cost_ns(&budget), 3 * NS_PER_MS);
	window.waited_ns = NS_PER_S;
	budget_end_window(&budget, &window);
	assert_int_equal(budget_cost_ns(&budget), 43 * NS_PER_MS);
}

/* On the CPU of the thread: all that we use there is taken from it, once. */
static void our_own_time_counts_where_we_are_near(void **state)
{
	struct budget_window window = {
		.elapsed_ns = NS_PER_S,
		.own_ns = 60 * NS_PER_MS,
		.waited_ns = NS_PER_S,
		.idle_known = true,
		.idle_ns = NS_PER_S,
		.own_idle_ns = NS_PER_S,
	};
	struct budget budget;

	budget_init(&budget, 1, RATE_HZ);
	budget_count_near(&budget, 0, NS_PER_S);
	assert_int_equal(budget_cost_ns(&budget), 0);
	for (int i = 0; i < 1000; i++)
		budget_count_near(&budget, 1, 50 * NS_PER_US);
	/* And the way in and out. */
	assert_in_range(budget_cost_ns(&budget), 64 * NS_PER_MS,
			66 * NS_PER_MS);
	assert_true(budget.stop_ns > 64e3 && budget.stop_ns < 66e3);
	budget_end_window(&budget, &window);
	assert_in_range(budget_cost_ns(&budget), 64 * NS_PER_MS,
			66 * NS_PER_MS);
	/* No idle core: of the 60 ms, 50 were told already; then, none. */
	window.own_idle_ns = 0;
	for (int i = 0; i < 1000; i++)
		budget_count_near(&budget, 1, 50 * NS_PER_US);
	budget_end_window(&budget, &window);
	assert_in_range(budget_cost_ns(&budget), 139 * NS_PER_MS,
			141 * NS_PER_MS);
	budget_end_window(&budget, &window);
	assert_in_range(budget_cost_ns(&budget), 199 * NS_PER_MS,
			201 * NS_PER_MS);
}

/* A storm: thousands stand still at once, for a sampler that is late. */
static void no_more_is_lost_than_the_machine_had(void **state)
{
	const struct budget_window window = {
		.elapsed_ns = NS_PER_S,
		.own_ns = 700 * NS_PER_MS,
		.waited_ns = NS_PER_S,
		.idle_known = true,
		.idle_ns = 200 * NS_PER_MS,
	};
	struct budget budget;
	struct stop stop = {
		.seen_ns = 10 * NS_PER_MS, .resumed_ns = 10 * NS_PER_MS,
	};

	budget_init(&budget, 1, RATE_HZ);
	for (int i = 0; i < 1000; i++) {
		struct stop_mark mark = { .valid = false };

		budget_count_stop(&budget, &mark, &stop, 0);
	}
	budget_count_others(&budget, 1000);
	assert_true(budget_cost_ns(&budget) > 10 * NS_PER_S);
	budget_end_window(&budget, &window);
	assert_in_range(budget_cost_ns(&budget), 899 * NS_PER_MS,
			900 * NS_PER_MS);
	/* The next window begins anew; time that one is held is lost. */
	stop.seen_ns = 5 * NS_PER_MS;
	for (int i = 0; i < 1000; i++) {
		struct stop_mark mark = { .valid = false };

		budget_count_stop(&budget, &mark, &stop, 0);
	}
	budget_end_window(&budget, &window);
	assert_in_range(budget_cost_ns(&budget), 6799 * NS_PER_MS,
			6800 * NS_PER_MS);
}

static void stops_of_others_are_cost_but_not_held_against_the_rate(void **state)
{
	struct budget budget;

	budget_init(&budget, 1, RATE_HZ);
	budget_count_others(&budget, 10000);
	assert_in_range(budget_cost_ns(&budget), 500 * NS_PER_MS, NS_PER_S);
	assert_int_equal(budget_period_ns(&budget, 0), NS_PER_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(work_done_twice_counts),
		cmocka_unit_test(the_cost_stays_within_the_budget),
		cmocka_unit_test(a_short_run_is_sampled_often),
		cmocka_unit_test(a_run_loses_the_percentage_or_25_ms),
		cmocka_unit_test(
			without_a_limit_the_rate_is_what_was_asked_for),
		cmocka_unit_test(what_a_stop_takes_is_learnt_from_the_account),
		cmocka_unit_test(
			what_nobody_sees_of_a_stop_is_learnt_from_sleeps),
		cmocka_unit_test(
			a_thread_that_slept_in_between_teaches_nothing),
		cmocka_unit_test(a_stop_costs_at_least_its_hold),
		cmocka_unit_test(our_own_time_counts_when_no_core_is_idle),
		cmocka_unit_test(idle_cores_that_we_may_not_use_are_no_help),
		cmocka_unit_test(our_own_time_is_lost_only_while_it_waits),
		cmocka_unit_test(our_own_time_counts_where_we_are_near),
		cmocka_unit_test(no_more_is_lost_than_the_machine_had),
		cmocka_unit_test(
			stops_of_others_are_cost_but_not_held_against_the_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
