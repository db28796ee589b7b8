/* SPDX-License-Identifier: MIT */
/* Tells when its regions are switched on, and when off again. */
#include <cprof.h>

#include <stdio.h>
#include <time.h>

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static int is_on(void)
{
	const struct timespec pause = { 0, 1000000 };

	nanosleep(&pause, NULL);
	{
		CPROF_REGION("look");
	}
	return cprof_is_on_();
}

int main(void)
{
	const double end = now_s() + 60;

	while (!is_on() && now_s() < end)
		;
	printf("on\n");
	fflush(stdout);
	while (is_on() && now_s() < end)
		;
	printf("off\n");
	return now_s() >= end;
}
