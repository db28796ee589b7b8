/* SPDX-License-Identifier: MIT */
/* Where the sampler waits: near threads that hardly sleep, near no other. */
#include "base/clock.h"
#include "record/placement.h"

#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* From one stop to the next, in microseconds. */
static bool suits(uint64_t wall, uint64_t run, uint64_t wait)
{
	const struct stop_mark mark = {
		.valid = true, .seen_ns = NS_PER_S,
		.account = { .run_ns = 5000, .wait_ns = 7000, .slices = 1 },
	};
	const struct stop stop = {
		.account_known = true,
		.seen_ns = NS_PER_S + wall * NS_PER_US,
		.account = {
			.run_ns = 5000 + run * NS_PER_US,
			.wait_ns = 7000 + wait * NS_PER_US,
			.slices = 3,
		},
	};

	return placement_suits(&mark, &stop);
}

static void a_thread_that_always_runs_suits(void **state)
{
	assert_true(suits(1000, 960, 30));
	assert_true(suits(60, 50, 0));
	assert_true(suits(10000, 9900, 0));
}

static void a_thread_that_sleeps_does_not(void **state)
{
	assert_false(suits(1000, 320, 0));
	assert_false(suits(10000, 9000, 0));
	assert_false(suits(1000, 800, 40));
}

static void one_that_shares_its_cpu_does_not(void **state)
{
	assert_false(suits(8000, 3500, 4500));
	assert_false(suits(32000, 1000, 31000));
}

static void nothing_known_suits_nobody(void **state)
{
	const struct stop_mark none = { .valid = false };
	const struct stop_mark some = { .valid = true };
	const struct stop stop = { .account_known = true };
	const struct stop unknown = { .seen_ns = 0 };

	assert_false(placement_suits(&none, &stop));
	assert_false(placement_suits(&some, &unknown));
}

/* A process that does nothing on `cpu`; its id. */
static pid_t put_child(int cpu)
{
	int ready[2];
	pid_t child;
	char byte;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		cpu_set_t one;

		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		if (sched_setaffinity(0, sizeof(one), &one))
			_exit(1);
		close(ready[0]);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	assert_true(child > 0);
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return child;
}

static void end_child(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static bool become_real_time(void)
{
	const struct sched_param lowest = { .sched_priority = 1 };

	return sched_setscheduler(0, SCHED_FIFO, &lowest) == 0;
}

static void it_goes_to_the_cpu_of_the_thread(void **state)
{
	struct placement placement = PLACEMENT_NONE;
	const struct sched_param none = { .sched_priority = 0 };
	cpu_set_t before, after;

	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	if (!become_real_time())
		skip();
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		pid_t child;

		if (!CPU_ISSET(cpu, &before))
			continue;
		child = put_child(cpu);
		placement_choose(&placement, child, child);
		assert_int_equal(placement.tid, child);
		placement_go(&placement);
		assert_true(placement.near);
		assert_int_equal(sched_getcpu(), cpu);
		end_child(child);
		/* It is gone, and so are we, in the end. */
		placement_go(&placement);
		assert_false(placement.near);
	}
	placement_clear(&placement);
	assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
	assert_true(CPU_EQUAL(&before, &after));
	assert_int_equal(sched_setscheduler(0, SCHED_OTHER, &none), 0);
}

static void it_stays_within_its_own_cpus(void **state)
{
	struct placement placement = PLACEMENT_NONE;
	const struct sched_param none = { .sched_priority = 0 };
	int first = -1, last = -1;
	cpu_set_t whole, one;
	pid_t child;

	assert_int_equal(sched_getaffinity(0, sizeof(whole), &whole), 0);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &whole))
			continue;
		first = first < 0 ? cpu : first;
		last = cpu;
	}
	if (first == last || !become_real_time())
		skip();
	child = put_child(last);
	CPU_ZERO(&one);
	CPU_SET(first, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	placement_choose(&placement, child, child);
	placement_go(&placement);
	assert_false(placement.near);
	assert_int_equal(sched_getcpu(), first);
	placement_clear(&placement);
	end_child(child);
	assert_int_equal(sched_setaffinity(0, sizeof(whole), &whole), 0);
	assert_int_equal(sched_setscheduler(0, SCHED_OTHER, &none), 0);
}

static void a_thread_that_often_does_not_suit_is_left(void **state)
{
	struct placement placement = PLACEMENT_NONE;

	placement_choose(&placement, getpid(), getpid());
	for (int i = 0; i < 100; i++)
		placement_keep(&placement, i % 2);
	assert_int_equal(placement.tid, getpid());
	for (int i = 0; i < 4; i++)
		placement_keep(&placement, false);
	assert_int_equal(placement.tid, 0);
}

/* How many stops pass until it is chosen again. */
static int stops_of_rest(struct placement *placement)
{
	int stops = 0;

	for (int i = 0; i < 4; i++)
		placement_keep(placement, false);
	while (!placement->tid && stops < 1000 * 1000) {
		placement_choose(placement, getpid(), getpid());
		stops++;
	}
	return stops;
}

static void each_failure_makes_the_next_try_later(void **state)
{
	struct placement placement = PLACEMENT_NONE;

	placement_choose(&placement, getpid(), getpid());
	assert_int_equal(stops_of_rest(&placement), 64 + 1);
	assert_int_equal(stops_of_rest(&placement), 256 + 1);
	for (int i = 0; i < 10; i++)
		stops_of_rest(&placement);
	assert_int_equal(stops_of_rest(&placement), 65536 + 1);
	placement_clear(&placement);
}

static void an_ordinary_thread_stays_where_it_is(void **state)
{
	struct placement placement = PLACEMENT_NONE;
	pid_t child = put_child(sched_getcpu());

	placement_go(&placement);
	assert_false(placement.near);
	placement_choose(&placement, child, child);
	placement_go(&placement);
	assert_false(placement.near);
	placement_clear(&placement);
	assert_int_equal(placement.tid, 0);
	end_child(child);
	placement_choose(&placement, child, child);
	assert_int_equal(placement.tid, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_that_always_runs_suits),
		cmocka_unit_test(a_thread_that_sleeps_does_not),
		cmocka_unit_test(one_that_shares_its_cpu_does_not),
		cmocka_unit_test(nothing_known_suits_nobody),
		cmocka_unit_test(it_goes_to_the_cpu_of_the_thread),
		cmocka_unit_test(it_stays_within_its_own_cpus),
		cmocka_unit_test(a_thread_that_often_does_not_suit_is_left),
		cmocka_unit_test(each_failure_makes_the_next_try_later),
		cmocka_unit_test(an_ordinary_thread_stays_where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
