/* SPDX-License-Identifier: MIT */
/* How many of the CPUs nobody uses. */
#ifndef CPROF_PROC_CPU_IDLE_H
#define CPROF_PROC_CPU_IDLE_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Sums over some CPUs since boot, in the kernel's clock ticks. */
struct cpu_ticks {
	unsigned int cpus;
	uint64_t idle;		/* nothing to run, or only waiting for I/O */
	uint64_t total;
};

struct cpu_idle {
	struct cpu_ticks all;
	struct cpu_ticks ours;	/* those that the reading thread may use */
};

/* From /proc/stat; all zero when that cannot be read. */
void cpu_idle_read(struct cpu_idle *now);

/* The same from such a file; `ours` NULL: all of them. */
void cpu_idle_parse(FILE *stat, const cpu_set_t *ours, struct cpu_idle *now);

/*
 * How many CPUs were idle from `before` to `now`, on average.  False when
 * that is not known: too short a time, or other CPUs than before.
 */
bool cpu_idle_cores(const struct cpu_ticks *before,
		    const struct cpu_ticks *now, double *cores);

#endif
