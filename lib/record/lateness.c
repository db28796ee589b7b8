/* SPDX-License-Identifier: MIT */
#include "record/lateness.h"

static unsigned int bucket_of(uint64_t ns)
{
	unsigned int top;

	if (ns < 4)
		return ns;
	top = 63 - __builtin_clzll(ns);
	return top * 4 + (ns >> (top - 2) & 3);
}

static uint64_t bucket_end(unsigned int bucket)
{
	if (bucket < 8)
		return bucket;
	return (UINT64_C(5) + bucket % 4) << (bucket / 4 - 2);
}

void lateness_add(struct lateness *lateness, uint64_t late_ns)
{
	lateness->buckets[bucket_of(late_ns)]++;
	lateness->count++;
}

uint64_t lateness_percentile(const struct lateness *lateness, double percent)
{
	const double wanted = lateness->count * percent / 100;
	uint64_t seen = 0;

	for (unsigned int i = 0; i < LATENESS_BUCKETS; i++) {
		seen += lateness->buckets[i];
		if (seen && seen >= wanted)
			return bucket_end(i);
	}
	return 0;
}
