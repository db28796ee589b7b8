/* SPDX-License-Identifier: MIT */
#include "compare/compare.h"

#include <math.h>
#include <string.h>

enum {
	RUNS_USUAL = 10,	/* advised where nothing is known */
	RUNS_MANY = 500		/* more than anybody would make */
};

/* Nearer to the end of the margin than so much of it is at the margin. */
#define NEAR_MARGIN 0.2

static enum outcome outcome_of(const struct change *change)
{
	if (change->verdict == VERDICT_SLOWER)
		return OUTCOME_REGRESSION;
	return change_is_not_slower(change) ? OUTCOME_PASS :
					      OUTCOME_INCONCLUSIVE;
}

/*
 * Upgrade: better by more than what was asked for, and that is certain.
 * Keep: it is not, and that is certain.
 */
static enum recommendation recommend(const struct change *change,
				     double min_improvement)
{
	if (change->verdict == VERDICT_FASTER &&
	    -change->percent > min_improvement)
		return RECOMMEND_UPGRADE;
	if (change->verdict == VERDICT_SLOWER ||
	    change->verdict == VERDICT_SAME ||
	    (change_has_interval(change) &&
	     -change->low_percent <= min_improvement))
		return RECOMMEND_KEEP;
	/* Faster, though by less than asked for. */
	if (change->verdict == VERDICT_FASTER)
		return RECOMMEND_KEEP;
	return RECOMMEND_UNKNOWN;
}

static double width_of(const struct change *change)
{
	return change->high_percent - change->low_percent;
}

/* From the end of the margin that is nearest, in percent. */
static double room_percent(const struct change *change)
{
	const double size = fabs(change->percent);

	return fmax(size - change->margin_percent,
		    change->same_percent - size);
}

/*
 * How many runs would narrow the interval so far that it lies on one side of
 * that end; its width goes with the root of their number.
 */
static double runs_needed(const struct change *change)
{
	const double half = width_of(change) / 2;
	const size_t runs = MIN(change->base_runs, change->new_runs);
	const double factor = half / fmax(room_percent(change), 1e-6);

	return fmax(ceil(runs * factor * factor), runs + 1.0);
}

static void advise_runs(struct comparison *comparison, double runs)
{
	comparison_advise(comparison, "record more runs: cprof record --runs "
			  "%.0f --version V -- COMMAND", runs);
	comparison_advise(comparison, "or let cprof take turns with both: "
			  "cprof gate --base COMMAND --new COMMAND");
}

static void advise_quiet(struct comparison *comparison)
{
	comparison_advise(comparison, "runs differ too much here: a quieter "
			  "machine, or a longer run");
	comparison_advise(comparison, "let cprof take turns with both, so "
			  "that what disturbs one disturbs the other: cprof "
			  "gate --base COMMAND --new COMMAND");
}

/* Four times the width takes sixteen times the runs. */
static const double much_wider = 4;

/* Where waiting is what is noisy. */
static void advise_cpu(struct comparison *comparison,
		       const struct metric_change *decides)
{
	const struct metric_change_vec *metrics = &comparison->metrics;

	if (decides->region || strcmp(decides->name, "wall") != 0)
		return;
	for (size_t i = 0; i < metrics->count; i++) {
		const struct metric_change *metric = &metrics->items[i];

		if (!metric->region && strcmp(metric->name, "cpu") == 0 &&
		    width_of(&decides->change) >
		    much_wider * width_of(&metric->change))
			comparison_advise(comparison, "--metric cpu, where "
					  "work matters and waiting does not: "
					  "it changed by %+.1f%% to %+.1f%%",
					  metric->change.low_percent,
					  metric->change.high_percent);
	}
}

static void explain_single(struct comparison *comparison,
			   const struct metric_change *metric)
{
	comparison_reason(comparison, "one run a side tells nothing of how "
			  "runs differ: changes within %g%% "
			  "(--single-run-threshold) may be chance",
			  metric->change.margin_percent);
	advise_runs(comparison, RUNS_USUAL);
}

static void explain_width(struct comparison *comparison,
			  const struct metric_change *metric)
{
	const struct change *change = &metric->change;
	const double needed = runs_needed(change);

	comparison_reason(comparison, "the change of the %s lies between "
			  "%+.1f%% and %+.1f%%: that is neither all below nor "
			  "all above the margin of %.1f%%", metric->text,
			  change->low_percent, change->high_percent,
			  change->margin_percent);
	if (metric->noise_percent > comparison->threshold_percent)
		comparison_reason(comparison, "the margin is the noise of "
				  "BASE: its runs, dealt into halves, differ "
				  "by up to %.1f%%", metric->noise_percent);
	if (change->same_percent < change->margin_percent)
		comparison_reason(comparison, "that is too noisy to call "
				  "anything the same: that takes less than "
				  "%.1f%%", change->same_percent);
	advise_cpu(comparison, metric);
	if (needed <= RUNS_MANY)
		advise_runs(comparison, needed);
	else if (change->same_percent >= change->margin_percent &&
		 room_percent(change) < NEAR_MARGIN * change->margin_percent)
		comparison_advise(comparison, "the change is about as large "
				  "as the margin: more runs will hardly tell; "
				  "choose another --threshold");
	else
		advise_quiet(comparison);
}

static void explain_outcome(struct comparison *comparison)
{
	const struct metric_change *metric = comparison_deciding(comparison);
	const struct change *change = &metric->change;

	if (change->judged_by == JUDGED_SAMPLES) {
		explain_single(comparison, metric);
	} else if (change_has_interval(change) && !isnan(change->percent)) {
		explain_width(comparison, metric);
	} else if (change_has_interval(change)) {
		comparison_reason(comparison, "BASE has a %s of 0: there is "
				  "no change in percent", metric->text);
	} else {
		comparison_reason(comparison, "too few runs for an interval: "
				  "%zu and %zu", change->base_runs,
				  change->new_runs);
		advise_runs(comparison, RUNS_USUAL);
	}
}

static void decide_refused(struct comparison *comparison, bool advise_force)
{
	comparison->outcome = OUTCOME_INCONCLUSIVE;
	for (size_t i = 0; i < comparison->notices.count; i++) {
		const struct notice *notice = &comparison->notices.items[i];

		if (notice->kind == NOTICE_REFUSAL)
			comparison_reason(comparison, "%s", notice->text);
	}
	if (advise_force)
		comparison_advise(comparison,
				  "--force compares nevertheless");
}

void compare_decide(struct comparison *comparison,
		    const struct compare_options *options)
{
	const struct metric_change *metric = comparison_deciding(comparison);

	comparison->allow_inconclusive = options->allow_inconclusive;
	comparison->min_improvement_percent =
		options->min_improvement_percent;
	comparison->improvement_percent = (double)NAN;
	comparison->outcome = OUTCOME_INCONCLUSIVE;
	if (comparison->refused) {
		decide_refused(comparison, options->advise_force);
		return;
	}
	if (!metric)
		return;
	comparison->verdict = metric->change.verdict;
	comparison->improvement_percent = -metric->change.percent;
	comparison->outcome = outcome_of(&metric->change);
	comparison->recommendation = recommend(
		&metric->change, options->min_improvement_percent);
	if (comparison->outcome == OUTCOME_INCONCLUSIVE)
		explain_outcome(comparison);
}
