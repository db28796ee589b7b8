/* SPDX-License-Identifier: MIT */
/*
 * Regions of known times, measured by the program itself.
 *
 *	regions SECONDS [wait]
 *
 * Two threads; with "wait" they begin at the first byte of standard input.
 * Prints, a line each: region, calls, time in all, CPU time in all (ns).
 */
#include <cprof.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WORK, BUSY, NAP, TAIL, KINDS };

static const char *const names[KINDS] = { "work", "busy", "nap", "tail" };

struct truth {
	long long calls, wall_ns, cpu_ns;
};

struct worker {
	pthread_t thread;
	long long until_ns;
	struct truth truth[KINDS];
};

static long long now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

struct span {
	long long wall_ns, cpu_ns;
};

static struct span span_begin(void)
{
	struct span span = { now_ns(CLOCK_MONOTONIC),
			     now_ns(CLOCK_THREAD_CPUTIME_ID) };

	return span;
}

static void span_end(const struct span *span, struct truth *truth)
{
	truth->calls++;
	truth->wall_ns += now_ns(CLOCK_MONOTONIC) - span->wall_ns;
	truth->cpu_ns += now_ns(CLOCK_THREAD_CPUTIME_ID) - span->cpu_ns;
}

static void spin(long long cpu_ns)
{
	const long long end = now_ns(CLOCK_THREAD_CPUTIME_ID) + cpu_ns;
	volatile unsigned int sum = 0;

	do {
		for (unsigned int i = 0; i < 20000; i++)
			sum += i;
	} while (now_ns(CLOCK_THREAD_CPUTIME_ID) < end);
}

static void busy(struct worker *worker)
{
	struct span span = span_begin();

	CPROF_FUNCTION();
	spin(8000000);
	span_end(&span, &worker->truth[BUSY]);
}

static void nap(struct worker *worker)
{
	struct span span = span_begin();

	CPROF_FUNCTION();
	usleep(5000);
	span_end(&span, &worker->truth[NAP]);
}

static void work(struct worker *worker)
{
	struct span span = span_begin();

	CPROF_REGION("work");
	busy(worker);
	busy(worker);
	nap(worker);
	spin(2000000);
	span_end(&span, &worker->truth[WORK]);
}

static void *run(void *arg)
{
	struct worker *worker = arg;

	while (now_ns(CLOCK_MONOTONIC) < worker->until_ns) {
		struct span span;

		work(worker);
		span = span_begin();
		cprof_region_begin("tail");
		spin(3000000);
		cprof_region_end("tail");
		span_end(&span, &worker->truth[TAIL]);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	struct worker workers[2];
	char byte;

	if (argc < 2)
		return 2;
	memset(workers, 0, sizeof(workers));
	if (argc > 2 && read(0, &byte, 1) != 1)
		return 2;
	for (int i = 0; i < 2; i++) {
		workers[i].until_ns = now_ns(CLOCK_MONOTONIC) +
				      (long long)(atof(argv[1]) * 1e9);
		if (pthread_create(&workers[i].thread, NULL, run, &workers[i]))
			return 2;
	}
	for (int i = 0; i < 2; i++)
		pthread_join(workers[i].thread, NULL);
	for (int k = 0; k < KINDS; k++)
		printf("%s %lld %lld %lld\n", names[k],
		       workers[0].truth[k].calls + workers[1].truth[k].calls,
		       workers[0].truth[k].wall_ns +
		       workers[1].truth[k].wall_ns,
		       workers[0].truth[k].cpu_ns +
		       workers[1].truth[k].cpu_ns);
	return 0;
}
