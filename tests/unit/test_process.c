/* SPDX-License-Identifier: MIT */
#include "proc/process.h"
#include "proc/task.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/prctl.h>
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

static void the_clock_of_a_process_stands_still_while_it_sleeps(void **state)
{
	const pid_t child = fork();
	uint64_t before_ns, after_ns;

	if (!child) {
		for (volatile int i = 0; i < 1000000; i++)
			;
		raise(SIGSTOP);
		for (volatile int i = 0; i < 1000000; i++)
			;
		raise(SIGSTOP);
		_exit(0);
	}
	assert_int_equal(waitpid(child, NULL, WUNTRACED), child);
	before_ns = process_cpu_ns(child);
	assert_true(before_ns > 0);
	usleep(20000);
	assert_true(process_cpu_ns(child) == before_ns);
	kill(child, SIGCONT);
	assert_int_equal(waitpid(child, NULL, WUNTRACED), child);
	after_ns = process_cpu_ns(child);
	assert_true(after_ns > before_ns);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(process_cpu_ns(child), 0);
}

static void effective_ids_are_read(void **state)
{
	struct process_status status;

	assert_true(process_status_read(getpid(), &status));
	assert_int_equal(status.euid, geteuid());
	assert_int_equal(status.egid, getegid());
	assert_int_equal(status.tgid, getpid());
}

static void the_name_in_status_is_the_threads_own(void **state)
{
	static const char odd[] = "a\\b\nName:\t)";
	char before[32], name[32], other[32];

	task_name(getpid(), gettid(), before);
	prctl(PR_SET_NAME, odd);
	task_yields_and_name(getpid(), gettid(), name);
	task_name(getpid(), gettid(), other);
	prctl(PR_SET_NAME, before);
	assert_string_equal(name, odd);
	assert_string_equal(other, odd);
}

static void a_long_name_in_status_is_cut(void **state)
{
	char name[32];

	task_status_name("", name);
	assert_string_equal(name, "");
	task_status_name("Name:\tx\\", name);
	assert_string_equal(name, "x\\");
	task_status_name("Name:\t0123456789012345678901234567890123456789\n",
			 name);
	assert_string_equal(name, "0123456789012345678901234567890");
}

static void accounts_are_read_with_and_without_open_files(void **state)
{
	struct task_account once, kept;
	struct task_files files;

	task_files_init(&files, getpid(), gettid());
	assert_true(task_account_read(&files, &once));
	assert_int_equal(files.schedstat, -1);
	task_files_keep(&files);
	assert_true(files.schedstat >= 0 && files.syscall >= 0);
	assert_true(task_account_read(&files, &kept));
	assert_true(kept.run_ns >= once.run_ns && once.slices > 0);
	task_files_close(&files);
	assert_false(task_account_read(&files, &kept));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_are_counted),
		cmocka_unit_test(a_later_process_started_later),
		cmocka_unit_test(
		    the_clock_of_a_process_stands_still_while_it_sleeps),
		cmocka_unit_test(effective_ids_are_read),
		cmocka_unit_test(the_name_in_status_is_the_threads_own),
		cmocka_unit_test(a_long_name_in_status_is_cut),
		cmocka_unit_test(accounts_are_read_with_and_without_open_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
