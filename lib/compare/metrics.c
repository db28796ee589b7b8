/* SPDX-License-Identifier: MIT */
#include "compare/metrics.h"

#include "compare/metric_judge.h"

#include <string.h>

enum {
	NAMES_MAX = 20		/* in a message */
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

/* False when the value of a run is not known. */
static bool fill_values(struct metric_judge *judge,
			const struct run_metric *metric)
{
	for (int side = 0; side < SIDE_COUNT; side++) {
		const struct run_ref_vec *runs = &judge->runs.sides[side];

		for (size_t i = 0; i < runs->count; i++) {
			const double value = metric->value(runs->items[i]);

			if (value < 0)
				return false;
			judge->values[side][i] = value;
		}
	}
	return true;
}

static void add_run_metrics(struct metric_judge *judge)
{
	for (size_t i = 0; i < ARRAY_SIZE(run_metrics); i++) {
		const struct run_metric *metric = &run_metrics[i];

		if (fill_values(judge, metric))
			metric_judge_add(judge, (struct metric_change){
				.name = metric->name,
				.text = metric->text,
				.unit = metric->unit,
			});
	}
}

void compare_metrics(struct comparison *comparison,
		     const struct profile *base, const struct profile *new,
		     const struct compare_options *options)
{
	struct metric_judge judge;

	metric_judge_init(&judge, comparison, base, new, options, RUN_PLAIN);
	if (!compared_runs_any(&judge.runs)) {
		metric_judge_release(&judge);
		metric_judge_init(&judge, comparison, base, new, options,
				  RUN_PROFILED);
	}
	comparison->interleaved = judge.runs.paired;
	if (compared_runs_any(&judge.runs))
		add_run_metrics(&judge);
	metric_judge_release(&judge);
	/* Nobody reads what a plain run counts. */
	metric_judge_init(&judge, comparison, base, new, options,
			  RUN_PROFILED);
	if (compared_runs_any(&judge.runs))
		add_program_metrics(&judge);
	metric_judge_release(&judge);
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
