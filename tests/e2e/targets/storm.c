/* SPDX-License-Identifier: MIT */
/*
 * Threads or processes that start and end at once, then work.
 *
 *	storm threads|processes COUNT SECONDS
 *
 * Prints how long each took, and the work's part of the CPU time.
 */
#include "truth.h"

#include <pthread.h>
#include <sys/wait.h>

DEFINE_WORK(work_after, 1442695040888963407u)

static void *live(void *value)
{
	return value;
}

static int one_thread(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, live, NULL) ||
	       pthread_join(thread, NULL);
}

static int one_process(void)
{
	const pid_t pid = fork();

	if (!pid)
		_exit(0);
	return waitpid(pid, NULL, 0) != pid;
}

int main(int argc, char **argv)
{
	int (*one)(void) = one_thread;
	uint64_t start, end, cpu;
	long count;

	if (argc != 4)
		return 2;
	if (!strcmp(argv[1], "processes"))
		one = one_process;
	count = strtol(argv[2], NULL, 10);
	start = wall_ns();
	for (long i = 0; i < count; i++) {
		if (one())
			return 3;
	}
	end = wall_ns();
	if (count)
		printf("count each_ns %llu\n",
		       (unsigned long long)(end - start) /
		       (unsigned long long)count);
	cpu = thread_cpu_ns();
	work_cpu(work_after, (uint64_t)(strtod(argv[3], NULL) * NS_PER_S),
		 tsc_per_ns());
	printf("truth work_after %.6f\n", (double)(thread_cpu_ns() - cpu) /
	       (double)rusage_ns(RUSAGE_SELF));
	print_cpu();
	return 0;
}
