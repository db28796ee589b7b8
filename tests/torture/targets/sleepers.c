/* SPDX-License-Identifier: MIT */
/* sleepers THREADS MS: so many threads that do nothing for so long. */
#include "torture.h"

#include <pthread.h>

static void *sleep_on(void *ms)
{
	usleep((uintptr_t)ms * 1000);
	return NULL;
}

int main(int argc, char **argv)
{
	const int threads = argc > 2 ? atoi(argv[1]) : 0;
	void *ms = (void *)(uintptr_t)(argc > 2 ? atol(argv[2]) : 0);
	pthread_t *ids = calloc(threads + 1, sizeof(*ids));
	pthread_attr_t small;

	await_start();
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 64 * 1024);
	for (int i = 0; i < threads; i++)
		if (pthread_create(&ids[i], &small, sleep_on, ms))
			return 1;
	for (int i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	puts("done");
	return 7;
}
