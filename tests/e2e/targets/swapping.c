/* SPDX-License-Identifier: MIT */
/*
 * Loads two libraries by turns, to the same address, and works in each.
 *
 *	swapping SECONDS LIBRARY LIBRARY
 *
 * Prints how many of the turns found the same address.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
	const double end = now() + (argc > 3 ? atof(argv[1]) : 0);
	void *last = NULL;
	int same = 0, turns = 0;

	while (argc > 3 && now() < end) {
		void *library = dlopen(argv[2 + turns % 2], RTLD_NOW);
		void (*work)(double) = NULL;

		if (library)
			*(void **)&work = dlsym(library, "work");
		if (!work)
			return 1;
		same += (void *)work == last;
		last = (void *)work;
		work(now() + 0.4);
		dlclose(library);
		turns++;
	}
	printf("same %d of %d\n", same, turns);
	return 0;
}
