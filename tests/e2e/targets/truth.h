/* SPDX-License-Identifier: MIT */
/*
 * What the test programs in this directory share: work of known length,
 * the kernel's own clocks, and the lines that tell a test the truth:
 *
 *	truth NAME SHARE	part of the program's CPU time spent in NAME
 *	cpu NS			the program's whole CPU time, children included
 *	thread NAME NS		CPU time of the threads of that name
 *	process NAME NS		CPU time of a child of that name
 *	wait REASON NS		time spent in waits of that kind
 *	lifetime NS		sum over all threads of the time they lived
 *	count NAME N		anything else that can be counted
 *
 * The lines go to stdout.  A test can so compare what cprof says with what
 * the program itself, and the kernel, say.
 */
#ifndef CPROF_TESTS_TRUTH_H
#define CPROF_TESTS_TRUTH_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#define NS_PER_S 1000000000ull

static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static inline uint64_t wall_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

static inline uint64_t thread_cpu_ns(void)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

static inline double tsc_per_ns(void)
{
	uint64_t ns = wall_ns();
	uint64_t tsc = __rdtsc();

	while (wall_ns() - ns < 5000000)
		;
	return (double)(__rdtsc() - tsc) / (double)(wall_ns() - ns);
}

/*
 * Define NAME, a function that works until the time stamp counter reaches
 * its argument.  It calls nothing, not even inlined, so that all its samples
 * are its own; the constants differ, so that no compiler folds two of them
 * into one.
 */
#define DEFINE_WORK(name, constant)					\
static __attribute__((noinline)) void name(uint64_t end_tsc)		\
{									\
	uint64_t x = (constant);					\
									\
	do {								\
		for (int i = 0; i < 50; i++) {				\
			x = x * 6364136223846793005u + (constant);	\
			__asm__ volatile("" : "+r"(x));			\
		}							\
	} while (__builtin_ia32_rdtsc() < end_tsc);			\
}

typedef void work_fn(uint64_t end_tsc);

/* Run `work` until this thread has used `cpu_ns` more of CPU time. */
static inline void work_cpu(work_fn *work, uint64_t cpu_ns, double tsc)
{
	uint64_t end = thread_cpu_ns() + cpu_ns;
	uint64_t now;

	while ((now = thread_cpu_ns()) < end) {
		uint64_t left = end - now < 2000000 ? end - now : 2000000;

		work(__rdtsc() + (uint64_t)((double)left * tsc));
	}
}

/* Open once, read often: how long this thread has waited for a CPU. */
static inline int open_schedstat(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%d/schedstat", gettid());
	return open(path, O_RDONLY | O_CLOEXEC);
}

static inline uint64_t waited_for_cpu_ns(int schedstat)
{
	char text[64] = "";
	char *end;

	if (pread(schedstat, text, sizeof(text) - 1, 0) <= 0)
		exit(3);
	strtoull(text, &end, 10);
	return strtoull(end, NULL, 10);
}

static inline uint64_t rusage_ns(int who)
{
	struct rusage use;

	getrusage(who, &use);
	return ((uint64_t)use.ru_utime.tv_sec + (uint64_t)use.ru_stime.tv_sec) *
		NS_PER_S +
	       ((uint64_t)use.ru_utime.tv_usec +
		(uint64_t)use.ru_stime.tv_usec) * 1000;
}

static inline void sleep_ns(uint64_t ns)
{
	struct timespec t = { (time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S) };

	nanosleep(&t, NULL);
}

static inline void print_cpu(void)
{
	printf("cpu %llu\n", (unsigned long long)(rusage_ns(RUSAGE_SELF) +
						  rusage_ns(RUSAGE_CHILDREN)));
}

/* A cheap, repeatable random number: the tests want the same run again. */
static inline uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

#endif
