/* SPDX-License-Identifier: MIT */
#include "compare/metrics.h"

#include "compare/judge.h"
#include "compare/runs.h"

#include <math.h>
#include <string.h>

enum {
	NOISE_SEED = 1,		/* any: the same files get the same answer */
	NAMES_MAX = 20		/* in a message */
};

struct weigher {
	struct comparison *comparison;
	const struct compare_options *options;
	const struct profile *profiles[SIDE_COUNT];
	struct compared_runs runs;	/* that the metric is taken from */
	bool plain;
	double *values[SIDE_COUNT];
};

/* What whole runs are measured by.  Below 0: not known. */
struct run_metric {
	const char *name;
	const char *text;
	enum metric_unit unit;
	double (*value)(const struct profile_run *run);
};

static double wall_of(const struct profile_run *run)
{
	return run_wall_ns(run);
}

static double cpu_of(const struct profile_run *run)
{
	return run->ended ? (double)(run->end.user_ns + run->end.system_ns) :
			    -1;
}

static double user_of(const struct profile_run *run)
{
	return run->ended ? (double)run->end.user_ns : -1;
}

static double system_of(const struct profile_run *run)
{
	return run->ended ? (double)run->end.system_ns : -1;
}

static double memory_of(const struct profile_run *run)
{
	const uint64_t bytes = run->ended ? run->end.peak_memory_bytes : 0;

	return bytes ? (double)bytes : -1;
}

static const struct run_metric run_metrics[] = {
	{ "wall", "wall time", METRIC_NS, wall_of },
	{ "cpu", "CPU time", METRIC_NS, cpu_of },
	{ "user", "user time", METRIC_NS, user_of },
	{ "system", "system time", METRIC_NS, system_of },
	{ "memory", "peak memory", METRIC_BYTES, memory_of },
};

/* Judges weigher->values and adds the row. */
static void add_metric(struct weigher *weigher, struct metric_change metric)
{
	const struct run_ref_vec *sides = weigher->runs.sides;
	const size_t base_count = sides[SIDE_BASE].count;
	const size_t new_count = sides[SIDE_NEW].count;
	const bool paired = weigher->runs.paired;
	struct rng rng = rng_of(NOISE_SEED);
	const double noise = judge_noise_percent(weigher->values[SIDE_BASE],
						 base_count, paired, &rng);
	struct judge judge = { .level = JUDGE_LEVEL, .paired = paired };

	judge_margin(&judge, weigher->options->threshold_percent, noise);
	metric.from_plain_runs = weigher->plain;
	metric.noise_percent = noise;
	metric.change = judge_runs(weigher->values[SIDE_BASE], base_count,
				   weigher->values[SIDE_NEW], new_count,
				   &judge);
	if (base_count == 1 && new_count == 1)
		judge_single_run(&metric.change,
				 weigher->options->single_run_percent);
	metric_change_vec_push(&weigher->comparison->metrics, metric);
}

/* False when the value of a run is not known. */
static bool fill_values(struct weigher *weigher,
			const struct run_metric *metric)
{
	for (int side = 0; side < SIDE_COUNT; side++) {
		const struct run_ref_vec *runs = &weigher->runs.sides[side];

		for (size_t i = 0; i < runs->count; i++) {
			const double value = metric->value(runs->items[i]);

			if (value < 0)
				return false;
			weigher->values[side][i] = value;
		}
	}
	return true;
}

static void add_run_metrics(struct weigher *weigher)
{
	for (size_t i = 0; i < ARRAY_SIZE(run_metrics); i++) {
		const struct run_metric *metric = &run_metrics[i];

		if (fill_values(weigher, metric))
			add_metric(weigher, (struct metric_change){
				.name = metric->name,
				.text = metric->text,
				.unit = metric->unit,
			});
	}
}

/* Plain ones where both sides have them, else profiled ones. */
static void take_runs(struct weigher *weigher, enum run_kind kind)
{
	compared_runs_init(&weigher->runs, weigher->profiles[SIDE_BASE],
			   weigher->profiles[SIDE_NEW], kind);
	weigher->plain = kind == RUN_PLAIN;
	for (int side = 0; side < SIDE_COUNT; side++)
		weigher->values[side] =
			mem_calloc(weigher->runs.sides[side].count + 1,
				   sizeof(double));
}

static void drop_runs(struct weigher *weigher)
{
	for (int side = 0; side < SIDE_COUNT; side++)
		free(weigher->values[side]);
	compared_runs_release(&weigher->runs);
}

void compare_metrics(struct comparison *comparison,
		     const struct profile *base, const struct profile *new,
		     const struct compare_options *options)
{
	struct weigher weigher = {
		.comparison = comparison,
		.options = options,
		.profiles = { base, new },
	};

	take_runs(&weigher, RUN_PLAIN);
	if (!compared_runs_any(&weigher.runs)) {
		drop_runs(&weigher);
		take_runs(&weigher, RUN_PROFILED);
	}
	comparison->interleaved = weigher.runs.paired;
	if (compared_runs_any(&weigher.runs))
		add_run_metrics(&weigher);
	drop_runs(&weigher);
}

static bool is_named(const struct metric_change *metric, const char *name,
		     const char *region)
{
	if (strcmp(metric->name, name) != 0)
		return false;
	if (!region || !metric->region)
		return !region && !metric->region;
	return strcmp(metric->region, region) == 0;
}

/* "wall, cpu, ..."; or the regions, when one was asked for. */
static void list_names(struct strbuf *out, const struct comparison *comparison,
		       const char *region)
{
	size_t count = 0;

	for (size_t i = 0; i < comparison->metrics.count; i++) {
		const struct metric_change *metric =
			&comparison->metrics.items[i];

		if (!region == !!metric->region || count == NAMES_MAX)
			continue;
		strbuf_addf(out, "%s%s", count++ ? ", " : "",
			    region ? metric->region : metric->name);
	}
	if (!count)
		strbuf_add(out, "none");
}

int compare_choose_metric(struct comparison *comparison,
			  const struct compare_options *options,
			  struct error *err)
{
	struct strbuf names = STRBUF_INIT;

	for (size_t i = 0; i < comparison->metrics.count; i++) {
		struct metric_change *metric = &comparison->metrics.items[i];

		if (!is_named(metric, options->metric, options->region))
			continue;
		metric->decides = true;
		comparison->decides = i;
		comparison->noise_percent = metric->noise_percent;
		return 0;
	}
	list_names(&names, comparison, options->region);
	if (options->region)
		error_set(err, ERROR_NOT_FOUND, "no region '%s' with a metric "
			  "'%s' on both sides; regions: %s", options->region,
			  options->metric, strbuf_text(&names));
	else
		error_set(err, ERROR_NOT_FOUND, "no metric '%s' on both "
			  "sides; there are: %s", options->metric,
			  strbuf_text(&names));
	strbuf_release(&names);
	return -1;
}
