/* SPDX-License-Identifier: MIT */
#include "gate_baseline.h"

#include "compare/compare.h"
#include "compare/judge.h"
#include "operands.h"
#include "profile/load.h"
#include "stat/quantile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS_LEAST = 10 };

static const double min_improvement_percent = 10;

VEC_DEFINE(plain_run_vec, struct plain_run);
VEC_DEFINE(double_vec, double);

/* One that works. */
struct baseline {
	struct gate_baseline *gate;
	const struct gate_args *args;
	const struct gate_commands *commands;
	const struct trial_config *config;
	enum trial_metric metric;
	struct double_vec base;		/* of the metric, of plain runs */
	struct plain_run_vec runs;	/* of the new command */
	size_t batch;			/* runs of each of the two */
	bool slower;			/* so says the first */
	bool confirmed;			/* and the second */
};

static double value_of(const struct plain_run *run, enum trial_metric metric)
{
	return (double)trial_metric_of(run, metric);
}

static int load_base(struct baseline *baseline, struct error *err)
{
	const struct profile_load how = { .salvage = false };
	const char *name = baseline->args->baseline;
	struct ref_files files = OPERAND_FILES;
	struct strbuf operand = STRBUF_INIT;
	int ret;

	strbuf_addf(&operand, "%s%s", *name == '@' ? "" : "@", name);
	ret = ref_files_add(&files, strbuf_text(&operand), err);
	if (!ret)
		ret = profile_load(&baseline->gate->profiles[GATE_BASE],
				   files.paths.items, files.paths.count, &how,
				   err);
	strbuf_release(&operand);
	ref_files_release(&files);
	return ret;
}

static int fill_base(struct baseline *baseline, struct error *err)
{
	const struct profile *profile = baseline->gate->profiles[GATE_BASE];

	for (size_t i = 0; i < profile->runs.count; i++) {
		const struct profile_run *run = &profile->runs.items[i];
		const struct plain_run plain = {
			.start_ns = run->begin.start_ns,
			.end_ns = run->end.end_ns,
			.user_ns = run->end.user_ns,
			.system_ns = run->end.system_ns,
			.peak_memory_bytes = run->end.peak_memory_bytes,
		};

		if (run->ended && run->begin.kind == RUN_PLAIN)
			double_vec_push(&baseline->base,
					value_of(&plain, baseline->metric));
	}
	if (baseline->base.count)
		return 0;
	return error_set(err, ERROR_USAGE, "baseline '%s' has no runs without "
			 "sampling: record it with --runs %d",
			 baseline->args->baseline, RUNS_LEAST);
}

static int run_batch(struct baseline *baseline, size_t count,
		     struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		struct plain_run run;

		if (trial_run_once(baseline->config, TRIAL_NEW, &run, err))
			return -1;
		plain_run_vec_push(&baseline->runs, run);
	}
	return 0;
}

/* Is the last batch, by itself, slower than the baseline? */
static struct change judge_batch(const struct baseline *baseline)
{
	const size_t count = baseline->batch;
	const size_t from = baseline->runs.count - count;
	double *new = mem_calloc(count + 1, sizeof(*new));
	struct judge judge = { .level = JUDGE_LEVEL };
	struct rng rng = rng_of(1);
	struct change change;

	for (size_t i = 0; i < count; i++)
		new[i] = value_of(&baseline->runs.items[from + i],
				  baseline->metric);
	judge_margin(&judge, baseline->args->threshold_percent,
		     judge_noise_percent(baseline->base.items,
					 baseline->base.count, false, &rng));
	change = judge_runs(baseline->base.items, baseline->base.count, new,
			    count, &judge);
	free(new);
	return change;
}

static int measure(struct baseline *baseline, struct error *err)
{
	struct plain_run run;

	baseline->batch = MIN(MAX(baseline->base.count, (size_t)RUNS_LEAST),
			      baseline->config->max_rounds);
	for (uint32_t i = 0; i < baseline->config->warmup; i++) {
		if (trial_run_once(baseline->config, TRIAL_NEW, &run, err))
			return -1;
	}
	if (run_batch(baseline, baseline->batch, err))
		return -1;
	baseline->slower = judge_batch(baseline).verdict == VERDICT_SLOWER;
	if (!baseline->slower)
		return 0;
	if (run_batch(baseline, baseline->batch, err))
		return -1;
	baseline->confirmed = judge_batch(baseline).low_percent > 0;
	return 0;
}

/* The profile of the new runs; with sampled ones when they are slower. */
static int record(struct baseline *baseline, struct error *err)
{
	const struct profile_load how = { .salvage = false };
	const struct run_place alone = { .series = 0 };
	struct gate_profiles *recorded = &baseline->gate->recorded;
	const double wall_ns = value_of(&baseline->runs.items[0], TRIAL_WALL);
	struct recorder *recorder;
	const char *path;
	struct error why = ERROR_INIT;
	size_t sampled = 0;
	bool failed = false;

	if (baseline->args->explain ||
	    (baseline->slower && !baseline->args->no_explain))
		sampled = gate_record_pairs(wall_ns);
	if (gate_record_open(&recorder, recorded, baseline->args,
			     baseline->commands, GATE_NEW, wall_ns, err))
		return -1;
	for (size_t i = 0; i < baseline->runs.count; i++)
		recorder_keep(recorder, &baseline->runs.items[i], &alone);
	for (; sampled && !failed; sampled--)
		failed = recorder_run(recorder, &alone, &why);
	if (recorder_finish(recorder, err))
		return -1;
	/* It is in the profile, and would count as a fast one. */
	if (failed) {
		if (err)
			*err = why;
		return error_context(err, "a sampled run of the new command");
	}
	path = strbuf_text(&recorded->path[GATE_NEW]);
	return profile_load(&baseline->gate->profiles[GATE_NEW], &path, 1,
			    &how, err);
}

static int compare(struct baseline *baseline, struct error *err)
{
	static const struct filter_spec all;
	struct gate_baseline *gate = baseline->gate;
	struct compare_options options = {
		.threshold_percent = baseline->args->threshold_percent,
		.single_run_percent = SINGLE_RUN_PERCENT,
		.min_improvement_percent = min_improvement_percent,
		.metric = trial_metric_name(baseline->metric),
		.spec = &all,
		.allow_inconclusive = baseline->args->allow_inconclusive,
	};

	for (int side = 0; side < GATE_SIDES; side++) {
		filter_init(&gate->filters[side], &all, gate->profiles[side],
			    NULL);
		options.filters[side] = &gate->filters[side];
	}
	return compare_profiles(&gate->comparison, gate->profiles[GATE_BASE],
				gate->profiles[GATE_NEW], &options, err);
}

/*
 * For a comparison, a change within the noise is none.  A gate that passes
 * says that there is no slowdown above the threshold.
 */
static void doubt_pass(struct comparison *comparison)
{
	const struct metric_change *metric = comparison_deciding(comparison);
	const struct change *change = &metric->change;

	if (change->high_percent <= comparison->threshold_percent)
		return;
	comparison->outcome = OUTCOME_INCONCLUSIVE;
	comparison_reason(comparison, "the noise is no excuse: it may be "
			  "slower by up to %.1f%%, and the threshold is %g%%",
			  change->high_percent, comparison->threshold_percent);
	comparison_advise(comparison, "run both in turns: --base in place of "
			  "--baseline");
}

/* What was stored ran at another time: that is at most a warning. */
static void decide(struct baseline *baseline)
{
	struct comparison *comparison = &baseline->gate->comparison;

	comparison_notice(comparison, NOTICE_INFO, "not interleaved: base is "
			  "what baseline '%s' has stored",
			  baseline->args->baseline);
	if (comparison->outcome == OUTCOME_PASS)
		doubt_pass(comparison);
	if (comparison->outcome != OUTCOME_REGRESSION)
		return;
	if (!baseline->confirmed) {
		comparison->outcome = OUTCOME_INCONCLUSIVE;
		comparison_reason(comparison, "a second batch of runs did not "
				  "confirm it");
	} else if (!baseline->args->trust_baseline) {
		comparison->outcome = OUTCOME_INCONCLUSIVE;
		comparison_reason(comparison, "it is a warning, not more: the "
				  "machine may have changed since the "
				  "baseline was recorded");
		comparison_advise(comparison, "run both in turns (--base), or "
				  "trust the baseline (--trust-baseline)");
	}
}

static void close_with(struct baseline *baseline)
{
	static const char *const titles[] = {
		[OUTCOME_PASS] = "No regression",
		[OUTCOME_REGRESSION] = "Regression",
		[OUTCOME_INCONCLUSIVE] = "Inconclusive",
	};
	const struct comparison *comparison = &baseline->gate->comparison;
	const struct metric_change *metric = comparison_deciding(comparison);
	struct strbuf *out = &baseline->gate->closing;

	strbuf_addf(out, "%s: ", titles[comparison->outcome]);
	if (metric && change_has_interval(&metric->change))
		strbuf_addf(out, "%s %+.1f%% (%+.1f%% to %+.1f%%)",
			    metric->text, metric->change.percent,
			    metric->change.low_percent,
			    metric->change.high_percent);
	else
		strbuf_add(out, "nothing could be compared");
	strbuf_addf(out, " against baseline '%s', not interleaved",
		    baseline->args->baseline);
}

int gate_baseline_run(struct gate_baseline *gate, const struct gate_args *args,
		      const struct gate_commands *commands,
		      const struct trial_config *config, struct error *err)
{
	struct baseline baseline = {
		.gate = gate, .args = args, .commands = commands,
		.config = config,
	};
	int ret;

	*gate = (struct gate_baseline){ .comparison = COMPARISON_INIT };
	while (baseline.metric + 1 < TRIAL_METRICS &&
	       !config->decides[baseline.metric])
		baseline.metric++;
	ret = load_base(&baseline, err) || fill_base(&baseline, err) ||
	      measure(&baseline, err) || record(&baseline, err) ||
	      compare(&baseline, err) ? -1 : 0;
	if (!ret) {
		decide(&baseline);
		close_with(&baseline);
	}
	double_vec_release(&baseline.base);
	plain_run_vec_release(&baseline.runs);
	return ret;
}

void gate_baseline_release(struct gate_baseline *gate)
{
	comparison_release(&gate->comparison);
	for (int side = 0; side < GATE_SIDES; side++) {
		filter_release(&gate->filters[side]);
		profile_free(gate->profiles[side]);
	}
	gate_profiles_release(&gate->recorded);
	strbuf_release(&gate->closing);
}
