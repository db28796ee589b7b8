/* SPDX-License-Identifier: MIT */
/* How much of the machine nobody uses. */
#ifndef CPROF_PROC_CPU_IDLE_H
#define CPROF_PROC_CPU_IDLE_H

#include <stdint.h>

/* Sums over all CPUs since boot, in the kernel's clock ticks. */
struct cpu_idle {
	uint64_t idle;		/* nothing to run, or only waiting for I/O */
	uint64_t total;
};

/* From /proc/stat; all zero when that cannot be read. */
void cpu_idle_read(struct cpu_idle *now);

/* The part of all CPUs, 0 to 1, that was idle from `before` to `now`. */
double cpu_idle_share(const struct cpu_idle *before,
		      const struct cpu_idle *now);

#endif
