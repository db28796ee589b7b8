/* SPDX-License-Identifier: MIT */
/*
 * Threads that come, go, exec and outlive the first of them.
 *
 *	threads exec COUNT	one that is not the first execs, COUNT times
 *	threads busy-exec COUNT	the same, with others at work
 *	threads storm COUNT	COUNT threads in all, from four makers
 *	threads leaderless MS	the first thread ends, the others go on
 *	threads leaderless-exec	the same, and one of them execs
 *	threads untraced MS	one with CLONE_UNTRACED, MS of work
 */
#include "torture.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static char **arguments;

static void *work(void *unused)
{
	(void)unused;
	for (;;)
		spin_ns(1000000);
	return NULL;
}

/* -- exec ------------------------------------------------------------- */

static void *exec_again(void *left)
{
	char text[32];
	char *args[] = { arguments[0], arguments[1], text, arguments[3], NULL };

	snprintf(text, sizeof(text), "%ld", (long)(intptr_t)left);
	execv("/proc/self/exe", args);
	_exit(98);
}

/* The pid must be the same throughout, the count complete. */
static int exec(long left, bool busy)
{
	pthread_t thread;
	char pid[32];

	snprintf(pid, sizeof(pid), "%d", getpid());
	if (!arguments[3]) {
		await_start();
		arguments[3] = pid;
	}
	if (strcmp(arguments[3], pid) || gettid() != getpid())
		return 97;
	if (left == 0) {
		puts("the same process to the end");
		return 23;
	}
	for (int i = 0; busy && i < 4; i++) {
		if (pthread_create(&thread, NULL, work, NULL))
			return 96;
	}
	if (pthread_create(&thread, NULL, exec_again,
			   (void *)(intptr_t)(left - 1)))
		return 96;
	pthread_join(thread, NULL);
	return 95;
}

/* -- storm ------------------------------------------------------------ */

static atomic_long lived;
static long wanted;

static void *live(void *value)
{
	lived++;
	return value;
}

static void *make_threads(void *detached)
{
	for (long i = 0; i < wanted; i++) {
		pthread_t thread;
		void *value = NULL;

		while (pthread_create(&thread, NULL, live, (void *)i))
			sched_yield();
		if (detached && i % 2)
			pthread_detach(thread);
		else if (pthread_join(thread, &value) || value != (void *)i)
			_exit(94);
	}
	return NULL;
}

static int storm(long count)
{
	pthread_t makers[4];
	uint64_t start = now_ns();

	wanted = count / 4;
	for (int i = 0; i < 4; i++)
		pthread_create(&makers[i], NULL, make_threads,
			       (void *)(intptr_t)(i % 2));
	for (int i = 0; i < 4; i++)
		pthread_join(makers[i], NULL);
	while (lived < wanted * 4)
		sched_yield();
	figure("threads_per_s", lived * 1e9 / (now_ns() - start));
	printf("%ld threads lived\n", lived);
	return 0;
}

/* -- leaderless ------------------------------------------------------- */

static void *outlive(void *ms)
{
	/* Until the first thread is a zombie, and longer. */
	spin_ns((uint64_t)(intptr_t)ms * 1000000);
	printf("the second thread ends it\n");
	fflush(stdout);
	_exit(17);
}

static void *outlive_and_exec(void *unused)
{
	(void)unused;
	spin_ns(50000000);
	execl("/bin/sh", "sh", "-c",
	      "i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done;"
	      "echo from the shell; exit 19", NULL);
	_exit(98);
}

static int leaderless(void *(*second)(void *), long ms)
{
	pthread_t thread;

	pthread_create(&thread, NULL, work, NULL);
	pthread_create(&thread, NULL, second, (void *)(intptr_t)ms);
	await_start();
	pthread_exit(NULL);
}

/* -- untraced --------------------------------------------------------- */

static atomic_int untraced_done;
static long untraced_ms;

/* In a thread that the C library knows nothing of. */
__attribute__((noinline)) void untraced_work(void)
{
	struct timespec now, start;

	clock_gettime(CLOCK_MONOTONIC, &start);
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while ((now.tv_sec - start.tv_sec) * 1000 +
	       (now.tv_nsec - start.tv_nsec) / 1000000 < untraced_ms);
}

static int untraced_main(void *unused)
{
	(void)unused;
	untraced_work();
	untraced_done = 1;
	syscall(SYS_exit, 0);
	return 0;
}

static int untraced(long ms)
{
	const size_t bytes = 256 * 1024;
	char *stack = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	untraced_ms = ms;
	if (clone(untraced_main, stack + bytes, CLONE_VM | CLONE_FS |
		  CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
		  CLONE_UNTRACED, NULL) < 0)
		return 93;
	while (!untraced_done)
		usleep(1000);
	puts("done");
	return 0;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	const long number = argc > 2 ? atol(argv[2]) : 0;
	char *with_room[] = { argv[0], argc > 1 ? argv[1] : NULL,
			      argc > 2 ? argv[2] : NULL,
			      argc > 3 ? argv[3] : NULL, NULL };

	arguments = with_room;
	if (!strcmp(mode, "exec") || !strcmp(mode, "busy-exec"))
		return exec(number, mode[0] == 'b');
	if (!strcmp(mode, "leaderless"))
		return leaderless(outlive, number);
	if (!strcmp(mode, "leaderless-exec"))
		return leaderless(outlive_and_exec, 0);
	await_start();
	if (!strcmp(mode, "storm"))
		return storm(number);
	if (!strcmp(mode, "untraced"))
		return untraced(number);
	return 99;
}
