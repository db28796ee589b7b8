/* SPDX-License-Identifier: MIT */
/* CPU time inside of regions, by run and name. */
#ifndef CPROF_PROFILE_REGION_CPU_H
#define CPROF_PROFILE_REGION_CPU_H

#include "profile/profile.h"

/*
 * Sum of the CPU weights of the samples of run `run` that were taken inside
 * a region called `name`, with all that lies in it; a call inside of another
 * of the same name counts once.
 */
uint64_t region_cpu_ns(const struct profile *profile, uint32_t run,
		       const char *name);

#endif
