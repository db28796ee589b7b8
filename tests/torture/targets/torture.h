/* SPDX-License-Identifier: MIT */
/* What the targets share. */
#ifndef TORTURE_H
#define TORTURE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Does not return until cprof has attached, where that is planned. */
static inline void await_start(void)
{
	const char *path = getenv("TORTURE_START");

	while (path && access(path, F_OK) != 0)
		usleep(500);
}

static inline uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + now.tv_nsec;
}

static inline void spin_ns(uint64_t duration)
{
	const uint64_t until = now_ns() + duration;

	while (now_ns() < until)
		;
}

/* A figure that differs from run to run. */
static inline void figure(const char *name, double value)
{
	fprintf(stderr, "~%s %.0f\n", name, value);
}

#endif
