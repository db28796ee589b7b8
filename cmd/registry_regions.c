/* SPDX-License-Identifier: MIT */
#include "registry_regions.h"

void region_source_release(struct region_source *source)
{
	region_runs_release(&source->runs);
	profile_free(source->profile);
	*source = (struct region_source){ .entry = NULL };
}

static void load(struct region_source *source,
		 const struct registry_entry *entry)
{
	const struct profile_load how = { .salvage = false };

	region_source_release(source);
	source->entry = entry;
	if (profile_load(&source->profile, &entry->path, 1, &how, NULL) == 0)
		region_runs_init(&source->runs, source->profile);
}

void registry_region_figures(void *context, const struct registry_entry *entry,
			     uint32_t run, const char *region,
			     struct region_figures *out)
{
	struct region_source *source = context;
	const struct region_use *use;
	int64_t row;

	if (source->entry != entry)
		load(source, entry);
	row = region_runs_find(&source->runs, run, region);
	if (row < 0)
		return;
	out->cpu_known = entry->summary.runs[run].begin.kind != RUN_PLAIN;
	out->cpu_ns = source->runs.rows.items[row].cpu_ns;
	use = &source->runs.uses.items[row];
	out->peak_known = use->memory_known;
	out->peak_bytes = use->memory_peak;
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
