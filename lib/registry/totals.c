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

static struct totals_group *group_of(struct registry_totals *totals,
				     const char *name, const char *version)
{
	struct strbuf key = STRBUF_INIT;
	struct totals_group *group;
	bool is_new;
	uint32_t id;

	/* A NUL cannot be part of a name, so keys do not mix. */
	strbuf_add_bytes(&key, name, strlen(name) + 1);
	if (version)
		strbuf_add_bytes(&key, version, strlen(version) + 1);
	id = intern_add(&totals->keys, strbuf_text(&key), key.len, &is_new);
	strbuf_release(&key);
	if (!is_new)
		return &totals->groups.items[id];
	group = totals_group_vec_add(&totals->groups);
	group->name = name;
	group->version = version;
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

static void add_entry(struct registry_totals *totals,
		      const struct registry_entry *entry)
{
	const struct profile_summary *summary = &entry->summary;
	const char *name = registry_entry_name(entry);
	const char *version = registry_entry_version(entry);

	group_of(totals, name, NULL)->profiles++;
	group_of(totals, name, version)->profiles++;
	for (size_t i = 0; i < summary->run_count; i++) {
		const struct summary_run *run = &summary->runs[i];

		if (!run->ended)
			continue;
		name = run->begin.name;
		version = run->begin.version;
		add_run(group_of(totals, name, NULL), run);
		add_run(group_of(totals, name, version), run);
	}
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

static int compare(const void *a, const void *b)
{
	const struct totals_group *left = a, *right = b;
	int order = strcmp(left->name, right->name);

	if (order)
		return order;
	if (!left->version || !right->version)
		return !!left->version - !!right->version;
	order = strverscmp(left->version, right->version);
	return order ? order : strcmp(left->version, right->version);
}

void registry_totals_init(struct registry_totals *totals,
			  const struct registry *registry,
			  const struct registry_select *select)
{
	*totals = (struct registry_totals){ .keys = INTERN_INIT };
	for (size_t i = 0; i < registry->entries.count; i++) {
		const struct registry_entry *entry =
			&registry->entries.items[i];

		if (entry->state == REGISTRY_WHOLE &&
		    registry_selects(select, entry))
			add_entry(totals, entry);
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
	}
}

void registry_totals_release(struct registry_totals *totals)
{
	for (size_t i = 0; i < totals->groups.count; i++)
		totals_group_release(&totals->groups.items[i]);
	totals_group_vec_release(&totals->groups);
	intern_release(&totals->keys);
}
