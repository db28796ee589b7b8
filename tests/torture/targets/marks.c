/* SPDX-License-Identifier: MIT */
/*
 * Ends all the time, in all ways, in regions: threads and processes.
 *
 *	marks ROUNDS STATUS	prints what it saw of the ends, and exits
 *	marks exec		what a child execs
 */
#include <cprof.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, WAYS = 8 };

static const char *self;

static void *short_thread(void *arg)
{
	CPROF_REGION("thread");
	return arg;
}

static void *exiting_thread(void *arg)
{
	cprof_region_begin("left open");
	exit(*(int *)arg);
}

static void *execing_thread(void *arg)
{
	CPROF_REGION("exec");
	execl(self, self, "exec", (char *)NULL);
	return arg;
}

static void *forever(void *arg)
{
	for (;;) {
		CPROF_REGION("forever");
		cprof_mark("turn");
	}
	return arg;
}

static void *late_thread(void *arg)
{
	CPROF_REGION("late");
	usleep(1000);
	_exit(*(int *)arg);
}

static void in_thread(void *(*start)(void *), int *status)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, start, status))
		_exit(99);
	pthread_join(thread, NULL);
	_exit(98);
}

/* One way to end; the status is 10 + way, but for signals. */
static void end(int way)
{
	int status = 10 + way;
	pthread_t thread;

	CPROF_REGION("child");
	switch (way) {
	case 0:
		_exit(status);
	case 1:
		exit(status);
	case 2:
		in_thread(exiting_thread, &status);
		break;
	case 3:
		kill(getpid(), SIGKILL);
		break;
	case 4:
		signal(SIGTERM, SIG_DFL);
		raise(SIGTERM);
		break;
	case 5:
		in_thread(execing_thread, &status);
		break;
	case 6:
		/* The first thread ends first. */
		if (pthread_create(&thread, NULL, late_thread, &status))
			_exit(99);
		syscall(SYS_exit, 0);
		break;
	default:
		for (int i = 0; i < THREADS; i++)
			if (pthread_create(&thread, NULL, forever, &status))
				_exit(99);
		usleep(500);
		_exit(status);
	}
}

static int run_child(int way)
{
	static int status;
	pid_t pid;

	CPROF_FUNCTION();
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		end(way);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

static int run_threads(void)
{
	pthread_t threads[THREADS];
	int ended = 0;

	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, short_thread, NULL))
			return -1;
	for (int i = 0; i < THREADS; i++)
		ended += pthread_join(threads[i], NULL) == 0;
	return ended;
}

int main(int argc, char **argv)
{
	CPROF_REGION("main");
	int statuses[WAYS] = { 0 };
	long ended = 0;

	self = argv[0];
	if (argc == 2)
		return 15;
	if (argc < 3)
		return 2;
	for (int round = 0; round < atoi(argv[1]); round++) {
		CPROF_REGION("round");
		ended += run_threads();
		for (int way = 0; way < WAYS; way++)
			statuses[way] += run_child(way);
	}
	printf("%ld", ended);
	for (int way = 0; way < WAYS; way++)
		printf(" %d", statuses[way]);
	printf("\n");
	return atoi(argv[2]);
}
