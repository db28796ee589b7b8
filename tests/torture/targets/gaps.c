/* SPDX-License-Identifier: MIT */
/*
 * How long did somebody keep us from working?
 *
 *	gaps THREADS MS
 *
 * All threads work for that long and look at the clock all the time.
 * Prints "done", and the figures: the longest time that a thread did not
 * get ahead, the work that was done, and the SIGUSR1 that were handled.
 */
#include "torture.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

static _Atomic uint64_t longest, work, handled;
static uint64_t until;

static void count(int signal)
{
	handled++;
}

static void *spin(void *unused)
{
	uint64_t before = now_ns(), most = 0, units = 0;

	while (before < until) {
		uint64_t now = now_ns();

		if (now - before > most)
			most = now - before;
		before = now;
		units++;
	}
	work += units;
	while (longest < most)
		longest = most;
	return NULL;
}

int main(int argc, char **argv)
{
	const int threads = argc > 2 ? atoi(argv[1]) : 1;
	pthread_t ids[1024];

	signal(SIGUSR1, count);
	await_start();
	until = now_ns() + strtoull(argv[2], NULL, 10) * 1000000;
	for (int i = 1; i < threads; i++)
		pthread_create(&ids[i], NULL, spin, NULL);
	spin(NULL);
	for (int i = 1; i < threads; i++)
		pthread_join(ids[i], NULL);
	puts("done");
	figure("gap_us", longest / 1000);
	figure("work", work);
	figure("handled", handled);
	return 7;
}
