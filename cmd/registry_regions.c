/* SPDX-License-Identifier: MIT */
#include "registry_regions.h"

#include "profile/region_cpu.h"

void region_source_release(struct region_source *source)
{
	profile_free(source->profile);
	*source = (struct region_source){ .entry = NULL };
}

static void load(struct region_source *source,
		 const struct registry_entry *entry)
{
	const struct profile_load how = { .salvage = false };

	region_source_release(source);
	source->entry = entry;
	profile_load(&source->profile, &entry->path, 1, &how, NULL);
}

bool registry_region_cpu(void *context, const struct registry_entry *entry,
			 uint32_t run, const char *region, double *cpu_ns)
{
	struct region_source *source = context;

	if (entry->summary.runs[run].begin.kind == RUN_PLAIN)
		return false;
	if (source->entry != entry)
		load(source, entry);
	if (!source->profile)
		return false;
	*cpu_ns = region_cpu_ns(source->profile, run, region);
	return true;
}

static bool fits(const char *pattern, const struct summary_region *region)
{
	return !pattern || registry_pattern_fits(pattern, region->name);
}

struct region_time registry_region_time(const struct registry_entry *entry,
					const char *pattern)
{
	const struct profile_summary *summary = &entry->summary;
	struct region_time time = { .runs = 0 };
	uint32_t last = UINT32_MAX;

	/* Those of a run stand together. */
	for (size_t i = 0; i < summary->region_count; i++) {
		const struct summary_region *region = &summary->regions[i];

		if (!fits(pattern, region))
			continue;
		time.runs += region->run != last;
		time.calls += region->calls;
		time.total_ns += region->total_ns;
		last = region->run;
	}
	return time;
}

json_t *registry_regions_json(const struct registry_entry *entry,
			      const char *pattern)
{
	const struct profile_summary *summary = &entry->summary;
	json_t *list = json_array();

	for (size_t i = 0; i < summary->region_count; i++) {
		const struct summary_region *region = &summary->regions[i];
		json_t *row = json_object();

		if (fits(pattern, region)) {
			json_put(row, "run", json_count(region->run));
			json_put(row, "name", json_text(region->name));
			json_put(row, "calls", json_count(region->calls));
			json_put(row, "total_ns",
				 json_count(region->total_ns));
			json_put(row, "max_ns", json_count(region->max_ns));
			json_push(list, row);
		} else {
			json_decref(row);
		}
	}
	return list;
}
