/* SPDX-License-Identifier: MIT */
/*
 * What a region costs, ns of CPU time; alone, off, and under `cprof record`,
 * on.  Time on the clock would be that of others, too, who share the CPU.
 */
#include <cprof.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { REPEAT = 9 };

static double time_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

static __attribute__((noinline)) void nothing(void)
{
	__asm__ volatile("");
}

static __attribute__((noinline)) void scope(void)
{
	CPROF_REGION("scope");
	__asm__ volatile("");
}

static __attribute__((noinline)) void by_name(void)
{
	cprof_region_begin("by name");
	__asm__ volatile("");
	cprof_region_end("by name");
}

static __attribute__((noinline)) void nested(void)
{
	CPROF_REGION("outer");
	scope();
	__asm__ volatile("");
}

static __attribute__((noinline)) void counter(void)
{
	cprof_counter("counter", 5);
	__asm__ volatile("");
}

static __attribute__((noinline)) void clocks(void)
{
	time_ns(CLOCK_MONOTONIC);
	time_ns(CLOCK_MONOTONIC);
}

static int by_size(const void *a, const void *b)
{
	const double first = *(const double *)a, second = *(const double *)b;

	return (first > second) - (first < second);
}

/* The median. */
static double cost_ns(void (*function)(void), int count)
{
	double costs[REPEAT];

	for (int i = 0; i < REPEAT; i++) {
		const double start = time_ns(CLOCK_THREAD_CPUTIME_ID);

		for (int j = 0; j < count; j++)
			function();
		costs[i] = (time_ns(CLOCK_THREAD_CPUTIME_ID) - start) / count;
	}
	qsort(costs, REPEAT, sizeof(*costs), by_size);
	return costs[REPEAT / 2];
}

int main(int argc, char **argv)
{
	const int count = argc > 1 ? 400000 : 5000000;
	const double call = cost_ns(nothing, count);

	printf("%s: region %.2f ns, by name %.2f, two nested %.2f, "
	       "counter %.2f; two looks at the clock %.2f\n",
	       argc > 1 ? argv[1] : "off", cost_ns(scope, count) - call,
	       cost_ns(by_name, count) - call, cost_ns(nested, count) - call,
	       cost_ns(counter, count) - call,
	       cost_ns(clocks, count / 10) - call);
	return 0;
}
