/* SPDX-License-Identifier: MIT */
/*
 * 200 threads that sleep: half of them to the end, half of them 100 ms at a
 * time; and one that works.
 *
 *	sleepers SECONDS
 *
 * A thread that sleeps gives the CPU away once per sleep, by its own will; a
 * profiler that stops it adds one more each time.  `count extra_switches` is
 * the difference: the stops of threads that slept.
 */
#include "truth.h"

#include <errno.h>
#include <pthread.h>
#include <poll.h>
#include <semaphore.h>

enum { SLEEPERS = 200 };

struct sleeper {
	pthread_t thread;
	uint64_t nap_ns;	/* 0: sleep until the end */
	long naps;
	long extra;
	long interrupted;
	uint64_t lived_ns;
};

static sem_t the_end;
static uint64_t end_ns;

DEFINE_WORK(work_busy, 1442695040888963407u)

static long switches(void)
{
	struct rusage use;

	getrusage(RUSAGE_THREAD, &use);
	return use.ru_nvcsw;
}

static void *sleeper_main(void *arg)
{
	struct sleeper *me = arg;
	uint64_t start = wall_ns();
	long before;

	pthread_setname_np(pthread_self(), me->nap_ns ? "napper" : "sleeper");
	before = switches();
	while (me->nap_ns && wall_ns() < end_ns) {
		struct timespec nap = { 0, (long)me->nap_ns };

		if (nanosleep(&nap, NULL))
			me->interrupted++;
		me->naps++;
	}
	if (!me->nap_ns) {
		while (sem_wait(&the_end))
			me->interrupted++;
		me->naps = 1;
	}
	me->extra = switches() - before - me->naps;
	me->lived_ns = wall_ns() - start;
	return NULL;
}

int main(int argc, char **argv)
{
	static struct sleeper sleepers[SLEEPERS];
	long extra = 0, naps = 0, interrupted = 0;
	uint64_t lived = 0;
	double tsc = tsc_per_ns();
	uint64_t busy;

	if (argc != 2)
		return 2;
	sem_init(&the_end, 0, 0);
	end_ns = wall_ns() + (uint64_t)(strtod(argv[1], NULL) * NS_PER_S);
	for (int i = 0; i < SLEEPERS; i++) {
		sleepers[i].nap_ns = i % 2 ? 100000000 : 0;
		if (pthread_create(&sleepers[i].thread, NULL, sleeper_main,
				   &sleepers[i]))
			return 2;
	}
	busy = thread_cpu_ns();
	while (wall_ns() < end_ns)
		work_busy(__rdtsc() + (uint64_t)(5000000 * tsc));
	busy = thread_cpu_ns() - busy;
	for (int i = 0; i < SLEEPERS; i++)
		sem_post(&the_end);
	for (int i = 0; i < SLEEPERS; i++) {
		pthread_join(sleepers[i].thread, NULL);
		extra += sleepers[i].extra > 0 ? sleepers[i].extra : 0;
		naps += sleepers[i].naps;
		interrupted += sleepers[i].interrupted;
		lived += sleepers[i].lived_ns;
	}
	printf("truth work_busy %.6f\n",
	       (double)busy / (double)rusage_ns(RUSAGE_SELF));
	printf("count naps %ld\n", naps);
	printf("count extra_switches %ld\n", extra);
	printf("count interrupted %ld\n", interrupted);
	printf("lifetime %llu\n", (unsigned long long)lived);
	print_cpu();
	return 0;
}
