/* SPDX-License-Identifier: MIT */
#include "profile/region_runs.h"

#include <string.h>

enum {
	/* Open regions of a thread; only what is not ours nests deeper. */
	NESTED_MAX = 64
};

int64_t region_runs_find(const struct region_runs *runs, uint32_t run,
			 const char *name)
{
	for (size_t i = 0; i < runs->rows.count; i++) {
		if (runs->rows.items[i].run == run &&
		    strcmp(runs->rows.items[i].name, name) == 0)
			return i;
	}
	return -1;
}

static void make_rows(struct region_runs *runs, const struct profile *profile)
{
	struct intern keys = INTERN_INIT;

	for (size_t i = 0; i < profile->regions.count; i++) {
		const struct region *region = &profile->regions.items[i].region;
		const uint32_t run = profile->processes
			.items[region->process].begin.run;
		struct strbuf key = STRBUF_INIT;
		bool is_new;
		uint32_t row;

		strbuf_addf(&key, "%u ", run);
		strbuf_add(&key, region->name);
		row = intern_string(&keys, strbuf_text(&key), &is_new);
		strbuf_release(&key);
		if (is_new) {
			region_run_vec_push(&runs->rows, (struct region_run){
				.run = run, .name = region->name });
			region_use_vec_add(&runs->uses);
		}
		u32_vec_push(&runs->row_of, row);
	}
	intern_release(&keys);
}

/* Is it the outermost one of its row from `from` upwards? */
static bool is_outermost(const struct region_runs *runs,
			 const struct profile *profile, uint32_t from)
{
	uint32_t id = profile->regions.items[from].region.parent;

	for (int level = 0; id != ID_NONE && level < NESTED_MAX;
	     level++, id = profile->regions.items[id].region.parent) {
		if (runs->row_of.items[id] == runs->row_of.items[from])
			return false;
	}
	return true;
}

static void add_cpu(struct region_runs *runs, const struct profile *profile)
{
	const size_t count = profile->regions.count;
	uint64_t *cpu_ns = mem_calloc(count + 1, sizeof(*cpu_ns));

	for (size_t i = 0; i < profile->samples.count; i++) {
		const struct sample *sample = &profile->samples.items[i];

		if (sample->region != ID_NONE)
			cpu_ns[sample->region] += sample->cpu_ns;
	}
	/* What a region lies in has a smaller id. */
	for (size_t i = count; i-- > 0;) {
		const uint32_t parent = profile->regions.items[i].region.parent;

		if (parent != ID_NONE)
			cpu_ns[parent] += cpu_ns[i];
		if (cpu_ns[i] && is_outermost(runs, profile, i))
			runs->rows.items[runs->row_of.items[i]].cpu_ns +=
				cpu_ns[i];
	}
	free(cpu_ns);
}

void region_runs_init(struct region_runs *runs, const struct profile *profile)
{
	const struct filter_spec all = { .from_ns = 0 };
	struct filter filter;

	*runs = (struct region_runs){ .rows = VEC_INIT };
	if (!profile->regions.count)
		return;
	make_rows(runs, profile);
	add_cpu(runs, profile);
	if (filter_init(&filter, &all, profile, NULL) == 0)
		region_use_add(runs->uses.items, &runs->row_of, profile,
			       &filter);
	filter_release(&filter);
}

void region_runs_release(struct region_runs *runs)
{
	region_run_vec_release(&runs->rows);
	region_use_vec_release(&runs->uses);
	u32_vec_release(&runs->row_of);
}
