/* SPDX-License-Identifier: MIT */
/* What wait4(2) tells of a run that nobody sampled. */
#ifndef CPROF_RECORD_PLAIN_H
#define CPROF_RECORD_PLAIN_H

#include "model/run.h"

#include <sys/resource.h>

/*
 * What a child of this process weighs on its way to exec, in bytes.  Of a
 * program that is smaller, the kernel only tells this (ru_maxrss is the
 * highest of a process's whole life).  Forks; some 0.2 ms.
 */
uint64_t plain_floor_bytes(void);

/* Peak memory of a child that was waited for; 0: below `floor_bytes`. */
uint64_t plain_peak_bytes(const struct rusage *usage, uint64_t floor_bytes);

/* All but the times of start and end. */
void plain_run_fill(struct plain_run *plain, int status,
		    const struct rusage *usage, uint64_t floor_bytes);

#endif
