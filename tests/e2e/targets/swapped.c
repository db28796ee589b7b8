/* SPDX-License-Identifier: MIT */
/* A library for swapping.c; BURN is the name of its function. */
#include <time.h>

static volatile unsigned long sink;

__attribute__((noinline)) void BURN(int rounds)
{
	for (int i = 0; i < rounds; i++)
		sink += i;
}

void work(double end);

void work(double end)
{
	struct timespec ts;

	do {
		BURN(100000);
		clock_gettime(CLOCK_MONOTONIC, &ts);
	} while (ts.tv_sec + ts.tv_nsec * 1e-9 < end);
}
