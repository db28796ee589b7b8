/* SPDX-License-Identifier: MIT */
#include "proc/process.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void *wait_at(void *barrier)
{
	pthread_barrier_wait(barrier);
	return NULL;
}

static void threads_are_counted(void **state)
{
	pthread_barrier_t barrier;
	pthread_t thread;

	assert_int_equal(process_thread_count(getpid()), 1);
	pthread_barrier_init(&barrier, NULL, 2);
	assert_int_equal(pthread_create(&thread, NULL, wait_at, &barrier), 0);
	assert_int_equal(process_thread_count(getpid()), 2);
	pthread_barrier_wait(&barrier);
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&barrier);
}

static void a_later_process_started_later(void **state)
{
	uint64_t own = 0, again = 0, later = 0;
	pid_t child;

	assert_true(process_start_read(getpid(), &own));
	assert_true(process_start_read(getpid(), &again));
	assert_true(own > 0);
	assert_int_equal(own, again);
	/* Two ticks of the clock that it is told in. */
	usleep(20000);
	child = fork();
	if (child == 0) {
		pause();
		_exit(0);
	}
	assert_true(process_start_read(child, &later));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_true(later > own);
	assert_false(process_start_read(child, &later));
	assert_int_equal(process_thread_count(child), 0);
}

static void effective_ids_are_read(void **state)
{
	struct process_status status;

	assert_true(process_status_read(getpid(), &status));
	assert_int_equal(status.euid, geteuid());
	assert_int_equal(status.egid, getegid());
	assert_int_equal(status.tgid, getpid());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_are_counted),
		cmocka_unit_test(a_later_process_started_later),
		cmocka_unit_test(effective_ids_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
