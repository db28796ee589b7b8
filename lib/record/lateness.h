/* SPDX-License-Identifier: MIT */
/*
 * How late ticks come, how long stops last: a histogram that keeps two
 * significant bits.
 */
#ifndef CPROF_RECORD_LATENESS_H
#define CPROF_RECORD_LATENESS_H

#include <stdint.h>

enum {
	LATENESS_BUCKETS = 64 * 4
};

struct lateness {
	uint64_t buckets[LATENESS_BUCKETS];
	uint64_t count;
};

void lateness_add(struct lateness *lateness, uint64_t late_ns);

/* The value that `percent` of the ticks do not exceed, within 25 %. */
uint64_t lateness_percentile(const struct lateness *lateness, double percent);

#endif
