/* SPDX-License-Identifier: MIT */
#include "proc/process.h"
#include "proc/task.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
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

static void on_signal(int number)
{
	(void)number;
}

static void what_is_ignored_is_known(void **state)
{
	assert_true(process_ignores(getpid(), SIGCHLD));
	assert_true(process_ignores(getpid(), SIGWINCH));
	assert_false(process_ignores(getpid(), SIGUSR2));
	signal(SIGUSR2, SIG_IGN);
	assert_true(process_ignores(getpid(), SIGUSR2));
	signal(SIGUSR2, on_signal);
	signal(SIGWINCH, on_signal);
	assert_false(process_ignores(getpid(), SIGUSR2));
	assert_false(process_ignores(getpid(), SIGWINCH));
	signal(SIGUSR2, SIG_DFL);
	signal(SIGWINCH, SIG_DFL);
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

/* A child, its child, and a zombie beside that; `ids` are the first two. */
static pid_t make_family(int *ids)
{
	int pipe_ends[2];
	pid_t child, got[2];

	assert_int_equal(pipe(pipe_ends), 0);
	child = fork();
	if (!child) {
		got[0] = getpid();
		got[1] = fork();
		if (!got[1])
			pause();
		if (!fork())
			_exit(0);
		waitid(P_ALL, 0, &(siginfo_t){ 0 }, WEXITED | WNOWAIT);
		if (write(pipe_ends[1], got, sizeof(got)) < 0)
			_exit(1);
		pause();
	}
	assert_int_equal(read(pipe_ends[0], got, sizeof(got)), sizeof(got));
	close(pipe_ends[0]);
	close(pipe_ends[1]);
	memcpy(ids, got, sizeof(got));
	return child;
}

static void descendants_are_all_that_live_but_those_of_one(void **state)
{
	struct pid_vec pids = VEC_INIT;
	int ids[2];
	const pid_t child = make_family(ids);

	process_descendants(child, 0, &pids);
	assert_int_equal(pids.count, 1);
	assert_int_equal(pids.items[0], ids[1]);
	process_descendants(getpid(), 0, &pids);
	assert_int_equal(pids.count, 3);
	assert_int_equal(pids.items[1], child);
	assert_int_equal(pids.items[2], ids[1]);
	pid_vec_release(&pids);
	process_descendants(getpid(), child, &pids);
	assert_int_equal(pids.count, 0);
	assert_false(process_has_ended(ids[1]));
	kill(ids[1], SIGKILL);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_true(process_has_ended(child));
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
		cmocka_unit_test(what_is_ignored_is_known),
		cmocka_unit_test(a_later_process_started_later),
		cmocka_unit_test(
		    the_clock_of_a_process_stands_still_while_it_sleeps),
		cmocka_unit_test(
		    descendants_are_all_that_live_but_those_of_one),
		cmocka_unit_test(effective_ids_are_read),
		cmocka_unit_test(the_name_in_status_is_the_threads_own),
		cmocka_unit_test(a_long_name_in_status_is_cut),
		cmocka_unit_test(accounts_are_read_with_and_without_open_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
