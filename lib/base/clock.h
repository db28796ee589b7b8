/* SPDX-License-Identifier: MIT */
#ifndef CPROF_BASE_CLOCK_H
#define CPROF_BASE_CLOCK_H

#include <stdint.h>

#define NS_PER_S UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_US UINT64_C(1000)

/* CLOCK_MONOTONIC, in nanoseconds. */
uint64_t clock_monotonic_ns(void);

/* CPU time of the calling thread, in nanoseconds. */
uint64_t clock_thread_cpu_ns(void);

/* Nanoseconds since the Unix epoch. */
uint64_t clock_realtime_ns(void);

#endif
