/* SPDX-License-Identifier: MIT */
/*
 * A fixed amount of work, 20 calls deep, on some threads.
 *
 *	fixed ROUNDS THREADS
 *
 * Built with -DMARKS, each 1000 rounds are a region; it takes 1 to 3 ms.
 *
 * Prints the time that it took and the CPU time that it used, in ns.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#ifdef MARKS
#include <cprof.h>
#else
#define cprof_region_begin(name) ((void)0)
#define cprof_region_end(name) ((void)0)
#endif

enum { MOST_THREADS = 64, DEPTH = 20, EACH = 1000 };

static long rounds;

#define DEFINE_LEAF(name, constant)				\
static __attribute__((noinline)) uint64_t name(uint64_t x)	\
{								\
	for (int i = 0; i < 2000; i++) {			\
		x = x * 6364136223846793005u + (constant);	\
		__asm__ volatile("" : "+r"(x));			\
	}							\
	return x;						\
}

DEFINE_LEAF(leaf_one, 1442695040888963407u)
DEFINE_LEAF(leaf_two, 1442695040888963409u)
DEFINE_LEAF(leaf_three, 1442695040888963411u)

static __attribute__((noinline)) uint64_t descend(uint64_t x, int depth)
{
	volatile char frame[64];

	frame[0] = (char)depth;
	if (depth > 0)
		return descend(x, depth - 1) + (uint64_t)frame[0];
	switch (x % 3) {
	case 0:
		return leaf_one(x);
	case 1:
		return leaf_two(x);
	default:
		return leaf_three(x);
	}
}

static void *work(void *arg)
{
	uint64_t x = 88172645463325252u + (uintptr_t)arg;

	for (long i = 0; i < rounds; i += EACH) {
		cprof_region_begin("each");
		for (long j = i; j < rounds && j < i + EACH; j++)
			x = descend(x, DEPTH);
		cprof_region_end("each");
	}
	return (void *)(uintptr_t)x;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

int main(int argc, char **argv)
{
	pthread_t threads[MOST_THREADS];
	uint64_t start = now_ns();
	struct rusage use;
	long count;

	if (argc != 3)
		return 2;
	rounds = strtol(argv[1], NULL, 10);
	count = strtol(argv[2], NULL, 10);
	if (count < 1 || count > MOST_THREADS)
		return 2;
	for (intptr_t i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, work, (void *)i))
			return 2;
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	getrusage(RUSAGE_SELF, &use);
	printf("elapsed %llu\n", (unsigned long long)(now_ns() - start));
	printf("cpu %llu\n",
	       ((unsigned long long)use.ru_utime.tv_sec +
		(unsigned long long)use.ru_stime.tv_sec) * 1000000000u +
	       ((unsigned long long)use.ru_utime.tv_usec +
		(unsigned long long)use.ru_stime.tv_usec) * 1000u);
	return 0;
}
