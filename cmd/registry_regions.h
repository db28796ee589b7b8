/* SPDX-License-Identifier: MIT */
/* Regions in the tables of `cprof registry`. */
#ifndef CPROF_CMD_REGISTRY_REGIONS_H
#define CPROF_CMD_REGISTRY_REGIONS_H

#include "base/json.h"
#include "profile/load.h"
#include "profile/region_runs.h"
#include "registry/totals.h"

/* The profile that was loaded last, for figures that no summary tells. */
struct region_source {
	const struct registry_entry *entry;	/* NULL: none */
	struct profile *profile;		/* NULL: it cannot be read */
	struct region_runs runs;
};

/* `context` is a struct region_source, to be released. */
region_figures_fn registry_region_figures;
void region_source_release(struct region_source *source);

/* What the calls of regions took; of many runs, on average. */
struct region_time {
	size_t runs;		/* that have such a region */
	uint64_t calls;		/* in all runs */
	uint64_t total_ns;	/* in all runs */
};

struct region_time registry_region_time(const struct registry_entry *entry,
					const char *pattern);

/* An array with an object for each region that fits (NULL: all). */
json_t *registry_regions_json(const struct registry_entry *entry,
			      const char *pattern);

#endif
