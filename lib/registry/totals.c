/* SPDX-License-Identifier: MIT */
#include "registry/totals.h"

#include "stat/quantile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *totals_kind_name(enum totals_kind kind)
{
	static const char *const names[TOTALS_KINDS] = {
		[TOTALS_PLAIN] = "plain",
		[TOTALS_PROFILED] = "profiled",
		[TOTALS_FAILED] = "failed"
	};

	return names[kind];
}

uint64_t summary_run_wall_ns(const struct summary_run *run)
{
	if (!run->ended || run->end.end_ns < run->begin.start_ns)
		return 0;
	return run->end.end_ns - run->begin.start_ns;
}

uint64_t summary_run_cpu_ns(const struct summary_run *run)
{
	return run->end.user_ns + run->end.system_ns;
}

bool summary_run_failed(const struct summary_run *run)
{
	return run->ended && run->end.exit_status &&
		run->end.exit_status != -1 &&
		!(run->begin.flags & RUN_ATTACHED);
}

struct spread spread_of(const struct double_vec *values)
{
	struct spread spread = { .count = values->count };

	if (!values->count)
		return spread;
	spread.mean = mean_of(values->items, values->count);
	spread.deviation = sqrt(variance_of(values->items, values->count));
	spread.median = median_of(values->items, values->count);
	spread.min = spread.max = values->items[0];
	for (size_t i = 1; i < values->count; i++) {
		spread.min = MIN(spread.min, values->items[i]);
		spread.max = MAX(spread.max, values->items[i]);
	}
	return spread;
}

/* Whose values? */
struct totals_key {
	const char *name;
	const char *version;
	const char *region;
};

/* A NUL cannot be part of a text, so keys do not mix. */
static void add_key(struct strbuf *out, const char *text)
{
	strbuf_add_char(out, text ? '+' : '-');
	if (text)
		strbuf_add_bytes(out, text, strlen(text) + 1);
}

static struct totals_group *group_of(struct registry_totals *totals,
				     const struct totals_key *key)
{
	struct strbuf text = STRBUF_INIT;
	struct totals_group *group;
	bool is_new;
	uint32_t id;

	add_key(&text, key->name);
	add_key(&text, key->version);
	add_key(&text, key->region);
	id = intern_add(&totals->keys, strbuf_text(&text), text.len, &is_new);
	strbuf_release(&text);
	if (!is_new)
		return &totals->groups.items[id];
	group = totals_group_vec_add(&totals->groups);
	group->name = key->name;
	group->version = key->version;
	group->region = key->region;
	return group;
}

static enum totals_kind kind_of(const struct summary_run *run)
{
	if (summary_run_failed(run))
		return TOTALS_FAILED;
	return run->begin.kind == RUN_PLAIN ? TOTALS_PLAIN : TOTALS_PROFILED;
}

static void add_run(struct totals_group *group, const struct summary_run *run)
{
	struct totals_values *values = &group->values[kind_of(run)];

	double_vec_push(&values->duration_ns, summary_run_wall_ns(run));
	double_vec_push(&values->cpu_ns, summary_run_cpu_ns(run));
	if (run->end.peak_memory_bytes)
		double_vec_push(&values->peak_bytes,
				run->end.peak_memory_bytes);
	group->last_realtime_ns = MAX(group->last_realtime_ns,
				      run->begin.start_realtime_ns);
}

/*
 * Plain runs do not hear what the program says: they are called as the
 * sampled ones of the file.
 */
static struct totals_key key_of(const struct registry_entry *entry,
				const struct summary_run *run)
{
	if (run->begin.kind == RUN_PLAIN)
		return (struct totals_key){ registry_entry_name(entry),
					    registry_entry_version(entry),
					    NULL };
	return (struct totals_key){ run->begin.name, run->begin.version,
				    NULL };
}

/* Of one version and of all, of one name and, if a region, of all. */
static size_t keys_of(struct totals_key keys[4], struct totals_key key)
{
	keys[0] = keys[1] = keys[2] = keys[3] = key;
	keys[1].version = NULL;
	keys[2].name = NULL;
	keys[3].name = keys[3].version = NULL;
	return key.region ? 4 : 2;
}

struct adder {
	struct registry_totals *totals;
	const struct totals_request *request;
	const struct registry_entry *entry;
};

static void add_region(const struct adder *adder,
		       const struct summary_region *region)
{
	const struct totals_request *request = adder->request;
	const struct summary_run *run =
		&adder->entry->summary.runs[region->run];
	struct totals_key key = key_of(adder->entry, run);
	struct totals_key keys[4];
	struct region_figures figures = { .cpu_known = false };
	size_t count;

	key.region = region->name;
	count = keys_of(keys, key);
	if (request->figures)
		request->figures(request->context, adder->entry, region->run,
				 region->name, &figures);
	for (size_t i = 0; i < count; i++) {
		struct totals_group *group = group_of(adder->totals, &keys[i]);
		struct totals_values *values = &group->values[kind_of(run)];

		double_vec_push(&values->duration_ns, region->total_ns);
		double_vec_push(&values->calls, region->calls);
		if (figures.cpu_known)
			double_vec_push(&values->cpu_ns, figures.cpu_ns);
		if (figures.peak_known)
			double_vec_push(&values->peak_bytes,
					figures.peak_bytes);
		group->last_realtime_ns = MAX(group->last_realtime_ns,
					      run->begin.start_realtime_ns);
	}
}

static void add_regions(const struct adder *adder)
{
	const struct profile_summary *summary = &adder->entry->summary;
	const char *pattern = adder->request->region;

	for (size_t i = 0; i < summary->region_count; i++) {
		const struct summary_region *region = &summary->regions[i];

		if (region->run < summary->run_count &&
		    summary->runs[region->run].ended &&
		    (!pattern || registry_pattern_fits(pattern,
						       region->name)))
			add_region(adder, region);
	}
}

static void add_entry(const struct adder *adder)
{
	const struct registry_entry *entry = adder->entry;
	const struct profile_summary *summary = &entry->summary;
	const struct totals_key own = { registry_entry_name(entry),
					registry_entry_version(entry), NULL };
	struct totals_key keys[4];

	keys_of(keys, own);
	for (int i = 0; i < 2; i++)
		group_of(adder->totals, &keys[i])->profiles++;
	for (size_t i = 0; i < summary->run_count; i++) {
		const struct summary_run *run = &summary->runs[i];

		if (!run->ended)
			continue;
		keys_of(keys, key_of(entry, run));
		add_run(group_of(adder->totals, &keys[0]), run);
		add_run(group_of(adder->totals, &keys[1]), run);
	}
	add_regions(adder);
}

static void finish_group(struct totals_group *group)
{
	const struct totals_values *values = group->values;

	group->failed = values[TOTALS_FAILED].duration_ns.count;
	group->kind = 0;
	while (group->kind < TOTALS_FAILED &&
	       !values[group->kind].duration_ns.count)
		group->kind++;
	values += group->kind;
	group->duration_ns = spread_of(&values->duration_ns);
	group->cpu_ns = spread_of(&values->cpu_ns);
	group->peak_bytes = spread_of(&values->peak_bytes);
	group->calls = spread_of(&values->calls);
}

void totals_group_init(struct totals_group *group,
		       const struct registry_entry *entry)
{
	*group = (struct totals_group){
		.name = registry_entry_name(entry),
		.version = registry_entry_version(entry),
		.profiles = 1,
	};
	for (size_t i = 0; i < entry->summary.run_count; i++) {
		if (entry->summary.runs[i].ended)
			add_run(group, &entry->summary.runs[i]);
	}
	finish_group(group);
}

/* NULL stands for all of them, and first. */
static int compare_texts(const char *a, const char *b)
{
	int order;

	if (!a || !b)
		return !!a - !!b;
	order = strverscmp(a, b);
	return order ? order : strcmp(a, b);
}

static int compare(const void *a, const void *b)
{
	const struct totals_group *left = a, *right = b;
	int order = compare_texts(left->name, right->name);

	if (!order)
		order = compare_texts(left->version, right->version);
	if (!order && left->region && right->region &&
	    left->duration_ns.mean != right->duration_ns.mean)
		return left->duration_ns.mean > right->duration_ns.mean ?
			-1 : 1;
	return order ? order : compare_texts(left->region, right->region);
}

void registry_totals_init(struct registry_totals *totals,
			  const struct registry *registry,
			  const struct totals_request *request)
{
	struct adder adder = { totals, request, NULL };

	*totals = (struct registry_totals){ .keys = INTERN_INIT };
	for (size_t i = 0; i < registry->entries.count; i++) {
		adder.entry = &registry->entries.items[i];
		if (adder.entry->state == REGISTRY_WHOLE &&
		    registry_selects(request->select, adder.entry))
			add_entry(&adder);
	}
	for (size_t i = 0; i < totals->groups.count; i++)
		finish_group(&totals->groups.items[i]);
	if (totals->groups.count)
		qsort(totals->groups.items, totals->groups.count,
		      sizeof(*totals->groups.items), compare);
}

void totals_group_release(struct totals_group *group)
{
	for (int kind = 0; kind < TOTALS_KINDS; kind++) {
		double_vec_release(&group->values[kind].duration_ns);
		double_vec_release(&group->values[kind].cpu_ns);
		double_vec_release(&group->values[kind].peak_bytes);
		double_vec_release(&group->values[kind].calls);
	}
}

void registry_totals_release(struct registry_totals *totals)
{
	for (size_t i = 0; i < totals->groups.count; i++)
		totals_group_release(&totals->groups.items[i]);
	totals_group_vec_release(&totals->groups);
	intern_release(&totals->keys);
}
