/* SPDX-License-Identifier: MIT */
/* Who goes before all others, and when it no longer does. */
#include "base/clock.h"
#include "record/priority.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

enum {
	LONG_MS = 5000	/* many times the limit, on a machine at work */
};

struct policies {
	int first, rested, worked, again;
};

static int policy(void)
{
	return sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
}

/* Works until it is real-time no more, which the kernel decides. */
static void *punctual(void *arg)
{
	struct policies *seen = arg;
	uint64_t until_ns;

	priority_be_punctual();
	seen->first = policy();
	for (int i = 0; i < 10; i++) {
		until_ns = clock_monotonic_ns() + 10 * NS_PER_MS;
		while (clock_monotonic_ns() < until_ns)
			;
		usleep(1000);
	}
	seen->rested = policy();
	until_ns = clock_monotonic_ns() + LONG_MS * NS_PER_MS;
	while (policy() == seen->first && clock_monotonic_ns() < until_ns)
		;
	seen->worked = policy();
	priority_be_punctual();
	seen->again = policy();
	return NULL;
}

static void one_that_never_pauses_is_real_time_no_more(void **state)
{
	struct policies seen;
	sigset_t blocked;
	pthread_t thread;

	/* As in the sampler, where no thread takes signals. */
	sigfillset(&blocked);
	pthread_sigmask(SIG_BLOCK, &blocked, NULL);
	assert_int_equal(pthread_create(&thread, NULL, punctual, &seen), 0);
	pthread_join(thread, NULL);
	if (seen.first != SCHED_FIFO)
		skip();
	assert_int_equal(seen.rested, SCHED_FIFO);
	assert_int_equal(seen.worked, SCHED_OTHER);
	assert_int_equal(seen.again, SCHED_FIFO);
}

static void one_that_went_first_is_as_before(void **state)
{
	struct priority before, after;
	const int was = sched_getscheduler(0);

	if (!priority_go_first(&before))
		skip();
	assert_int_equal(sched_getscheduler(0), SCHED_FIFO);
	priority_restore(&before);
	assert_int_equal(sched_getscheduler(0), was);
	assert_true(priority_go_first(&after));
	priority_restore(&after);
	assert_memory_equal(&after, &before, sizeof(before));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_never_pauses_is_real_time_no_more),
		cmocka_unit_test(one_that_went_first_is_as_before),
	};

	return cmocka_run_group_tests_name("record: priority", tests,
					   NULL, NULL);
}
