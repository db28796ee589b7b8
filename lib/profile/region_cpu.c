/* SPDX-License-Identifier: MIT */
#include "profile/region_cpu.h"

#include <string.h>

uint64_t region_cpu_ns(const struct profile *profile, uint32_t run,
		       const char *name)
{
	const struct profile_region *regions = profile->regions.items;
	bool *inside = mem_calloc(profile->regions.count + 1, sizeof(*inside));
	uint64_t sum_ns = 0;

	/* What a region lies in has a smaller id. */
	for (size_t i = 0; i < profile->regions.count; i++) {
		const struct region *region = &regions[i].region;

		inside[i] = profile->processes.items[region->process]
			    .begin.run == run &&
			(strcmp(region->name, name) == 0 ||
			 (region->parent != ID_NONE &&
			  inside[region->parent]));
	}
	for (size_t i = 0; i < profile->samples.count; i++) {
		const struct sample *sample = &profile->samples.items[i];

		if (sample->region != ID_NONE && inside[sample->region])
			sum_ns += sample->cpu_ns;
	}
	free(inside);
	return sum_ns;
}
