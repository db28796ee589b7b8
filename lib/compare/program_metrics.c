/* SPDX-License-Identifier: MIT */
#include "compare/metric_judge.h"

#include "base/map64.h"

#include <string.h>

enum {
	QUANTITIES_MAX = 1000,	/* more than anybody reads */
	DEPTH_MAX = 64		/* of regions that are made by a program */
};

/* A quantity that each run has one value of, by its name. */
struct quantity {
	struct metric_change metric;
	double *values[SIDE_COUNT];	/* in the order of the judge's runs */
	bool seen[SIDE_COUNT];
};

VEC_DEFINE(quantity_vec, struct quantity);

struct gatherer {
	struct metric_judge *judge;
	struct quantity_vec quantities;
	struct intern names;		/* kind and name: quantity */
	struct map64 places[SIDE_COUNT];	/* run of the profile: place */
};

static struct quantity *quantity_of(struct gatherer *gatherer,
				    const struct metric_change *metric)
{
	const struct compared_runs *runs = &gatherer->judge->runs;
	struct strbuf key = STRBUF_INIT;
	struct quantity *quantity;
	uint32_t id;
	bool is_new;

	strbuf_addf(&key, "%s\n%s", metric->name,
		    metric->region ? metric->region : "");
	id = intern_add(&gatherer->names, strbuf_text(&key), key.len, &is_new);
	strbuf_release(&key);
	if (id >= QUANTITIES_MAX)
		return NULL;
	if (!is_new)
		return &gatherer->quantities.items[id];
	quantity = quantity_vec_add(&gatherer->quantities);
	quantity->metric = *metric;
	for (int side = 0; side < SIDE_COUNT; side++)
		quantity->values[side] =
			mem_calloc(runs->sides[side].count + 1,
				   sizeof(double));
	return quantity;
}

/* The value of a run, to be changed; NULL when it is not compared. */
static double *value_of(struct gatherer *gatherer, int side, uint32_t run,
			const struct metric_change *metric)
{
	struct quantity *quantity;
	uint64_t place;

	if (!map64_get(&gatherer->places[side], run, &place))
		return NULL;
	quantity = quantity_of(gatherer, metric);
	if (!quantity)
		return NULL;
	quantity->seen[side] = true;
	return &quantity->values[side][place];
}

/* Is it inside of a region of its own name?  Then that one has its time. */
static bool is_recursive(const struct profile *profile, uint32_t id)
{
	const struct profile_region *regions = profile->regions.items;
	const char *name = regions[id].region.name;

	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		id = regions[id].region.parent;
		if (id == ID_NONE)
			break;
		if (strcmp(regions[id].region.name, name) == 0)
			return true;
	}
	return false;
}

/* Time in regions that were not counted by the program: from the calls. */
static uint64_t *call_times(const struct profile *profile)
{
	uint64_t *ns = mem_calloc(profile->regions.count + 1, sizeof(*ns));

	for (size_t i = 0; i < profile->calls.count; i++) {
		const struct region_call *call = &profile->calls.items[i].call;

		ns[call->region] += call->end_ns -
				    MIN(call->start_ns, call->end_ns);
	}
	return ns;
}

static void gather_regions(struct gatherer *gatherer, int side)
{
	const struct profile *profile = gatherer->judge->profiles[side];
	uint64_t *seen_ns = call_times(profile);

	for (uint32_t id = 0; id < profile->regions.count; id++) {
		const struct profile_region *region =
			&profile->regions.items[id];
		const struct metric_change metric = {
			.name = "wall", .text = "wall time",
			.region = region->region.name, .unit = METRIC_NS,
		};
		double *value;

		if (region->region.kind != REGION_SCOPE ||
		    is_recursive(profile, id))
			continue;
		value = value_of(gatherer, side, profile->processes.items[
				 region->region.process].begin.run, &metric);
		if (value)
			*value += region->counted ? region->total.total_ns :
						    seen_ns[id];
	}
	free(seen_ns);
}

/* The run that a metric belongs to, or ID_NONE. */
static uint32_t run_of_metric(const struct profile *profile,
			      const struct metric *metric)
{
	uint32_t owner = metric->owner;

	if (metric->scope == METRIC_OF_THREAD &&
	    owner < profile->threads.count)
		owner = profile->threads.items[owner].begin.process;
	else if (metric->scope != METRIC_OF_PROCESS)
		return owner < profile->runs.count ? owner : ID_NONE;
	return owner < profile->processes.count ?
	       profile->processes.items[owner].begin.run : ID_NONE;
}

/* Of a gauge the highest value, of a sum what it came to. */
static int64_t metric_amount(const struct profile *profile,
			     const struct profile_metric *metric)
{
	const struct metric_value *values =
		&profile->values.items[metric->first];
	int64_t most = values[0].value;

	if (metric->metric.kind == METRIC_CUMULATIVE)
		return values[metric->count - 1].value;
	for (size_t i = 1; i < metric->count; i++)
		most = MAX(most, values[i].value);
	return most;
}

static void gather_counters(struct gatherer *gatherer, int side)
{
	const struct profile *profile = gatherer->judge->profiles[side];
	struct arena *arena = &gatherer->judge->comparison->arena;
	struct strbuf name = STRBUF_INIT;

	for (size_t i = 0; i < profile->metrics.count; i++) {
		const struct profile_metric *metric =
			&profile->metrics.items[i];
		const uint32_t run = run_of_metric(profile, &metric->metric);
		struct metric_change change = {
			.text = metric->metric.name,
			.unit = metric->metric.unit, .is_counter = true,
		};
		double amount, *value;

		if (!metric->count || run == ID_NONE ||
		    strcmp(metric->metric.source, METRIC_COUNTER) != 0)
			continue;
		strbuf_clear(&name);
		strbuf_addf(&name, "counter.%s", metric->metric.name);
		change.name = arena_strdup(arena, strbuf_text(&name));
		value = value_of(gatherer, side, run, &change);
		amount = metric_amount(profile, metric);
		/* Those below 0 cannot be compared by their ratio. */
		if (value && amount > 0)
			*value += amount;
	}
	strbuf_release(&name);
}

static void place_runs(struct gatherer *gatherer, int side)
{
	const struct run_ref_vec *runs = &gatherer->judge->runs.sides[side];
	const struct profile_run *first =
		gatherer->judge->profiles[side]->runs.items;

	for (size_t i = 0; i < runs->count; i++)
		map64_put(&gatherer->places[side], runs->items[i] - first, i);
}

/* What is on one side only cannot be compared. */
static void judge_quantities(struct gatherer *gatherer)
{
	struct metric_judge *judge = gatherer->judge;

	for (size_t i = 0; i < gatherer->quantities.count; i++) {
		struct quantity *quantity = &gatherer->quantities.items[i];

		for (int side = 0; side < SIDE_COUNT; side++)
			memcpy(judge->values[side], quantity->values[side],
			       judge->runs.sides[side].count *
			       sizeof(double));
		if (quantity->seen[SIDE_BASE] && quantity->seen[SIDE_NEW])
			metric_judge_add(judge, quantity->metric);
		for (int side = 0; side < SIDE_COUNT; side++)
			free(quantity->values[side]);
	}
}

void add_program_metrics(struct metric_judge *judge)
{
	struct gatherer gatherer = {
		.judge = judge,
		.quantities = VEC_INIT,
		.names = INTERN_INIT,
		.places = { MAP64_INIT, MAP64_INIT },
	};

	for (int side = 0; side < SIDE_COUNT; side++) {
		place_runs(&gatherer, side);
		gather_regions(&gatherer, side);
		gather_counters(&gatherer, side);
	}
	judge_quantities(&gatherer);
	quantity_vec_release(&gatherer.quantities);
	intern_release(&gatherer.names);
	for (int side = 0; side < SIDE_COUNT; side++)
		map64_release(&gatherer.places[side]);
}
