/* SPDX-License-Identifier: MIT */
#include "gate_report.h"

#include "base/mem.h"
#include "compare/code.h"
#include "compare/compare.h"
#include "compare/judge.h"
#include "compare/metrics.h"
#include "gate_words.h"
#include "profile/load.h"

#include <math.h>
#include <stdlib.h>

static const double min_improvement_percent = 10;

/* What fills a report. */
struct reporter {
	struct comparison *comparison;
	const struct gate_args *args;
	const struct trial_config *config;
	const struct trial *trial;
	bool explains;		/* there are profiles fit to be compared */
};

static const char *keep(struct comparison *comparison, struct strbuf *text)
{
	const char *copy = arena_strdup(&comparison->arena,
					strbuf_text(text));

	strbuf_release(text);
	return copy;
}

/* Without profiles there is still something to say of the commands. */
static void fill_side(struct comparison *comparison,
		      const struct gate_commands *commands,
		      const struct trial *trial,
		      const struct gate_profiles *profiles, int side)
{
	const struct word_list *words = &commands->argv[side];
	struct strbuf name = STRBUF_INIT, command = STRBUF_INIT;

	strbuf_add(&name, strbuf_text(&profiles->name[side]));
	for (size_t i = 0; i + 1 < words->count; i++)
		strbuf_addf(&command, "%s%s", i ? " " : "", words->items[i]);
	comparison->sides[side] = (struct comparison_side){
		.name = keep(comparison, &name),
		.version = side == GATE_BASE ? "base" : "new",
		.command = keep(comparison, &command),
		.host = "", .cpu_model = "",
		.plain_runs = trial->rounds.count,
	};
}

static void set_sequential(struct change *change,
			   const struct decision *decision)
{
	const struct estimate *found = &decision->change;

	change->percent = 100 * expm1(found->value);
	change->low_percent = 100 * expm1(found->low);
	change->high_percent = 100 * expm1(found->high);
	change->delta = change->base * expm1(found->value);
	change->low = isfinite(found->low) ?
		change->base * expm1(found->low) : found->low;
	change->high = isfinite(found->high) ?
		change->base * expm1(found->high) : found->high;
	change->level = found->level;
	change->same_percent = 100 * decision->rules.threshold;
	/* Below five rounds there is no interval, and no noise known. */
	change->margin_percent = isfinite(decision->margin) ?
		100 * expm1(decision->margin) : change->same_percent;
	change->judged_by = JUDGED_SEQUENTIAL;
	/* The interval's; a second batch is judged by itself. */
	if (decision->first_count)
		change->base_runs = change->new_runs = decision->first_count;
	change->verdict = VERDICT_UNKNOWN;
	if (decision->verdict == DECISION_SLOWER)
		change->verdict = VERDICT_SLOWER;
	else if (decision->verdict == DECISION_FASTER)
		change->verdict = VERDICT_FASTER;
	else if (decision->verdict == DECISION_NOT_SLOWER &&
		 change->low_percent > -change->same_percent)
		change->verdict = VERDICT_SAME;
}

static double *values_of(const struct trial *trial, unsigned int arm,
			 enum trial_metric metric)
{
	double *values = mem_calloc(trial->rounds.count + 1, sizeof(*values));

	for (size_t i = 0; i < trial->rounds.count; i++)
		values[i] = trial_metric_of(&trial->rounds.items[i].runs[arm],
					    metric);
	return values;
}

static void add_metric(const struct reporter *reporter,
		       enum trial_metric metric)
{
	const struct trial *trial = reporter->trial;
	const size_t count = trial->rounds.count;
	double *base = values_of(trial, TRIAL_BASE, metric);
	double *new = values_of(trial, TRIAL_NEW, metric);
	struct judge judge = { .level = JUDGE_LEVEL, .paired = true };
	struct metric_change row = {
		.name = trial_metric_name(metric),
		.text = trial_metric_text(metric),
		.unit = metric == TRIAL_MEMORY ? METRIC_BYTES : METRIC_NS,
		.from_plain_runs = true,
		.noise_percent = (double)NAN,
	};

	judge_margin(&judge, reporter->args->threshold_percent, (double)NAN);
	row.change = judge_runs(base, count, new, count, &judge);
	if (reporter->config->decides[metric] && trial->usable[metric]) {
		const double floor = trial->decisions[metric].floor;

		if (isfinite(floor))
			row.noise_percent = 100 * expm1(floor);
		set_sequential(&row.change, &trial->decisions[metric]);
	}
	metric_change_vec_push(&reporter->comparison->metrics, row);
	free(base);
	free(new);
}

/* Regions, counters, what collectors read: of the sampled runs. */
static void add_program_metrics(const struct gate_report *report,
				const struct reporter *reporter)
{
	struct metric_change_vec *metrics = &reporter->comparison->metrics;
	const struct compare_options options = {
		.threshold_percent = reporter->args->threshold_percent,
		.single_run_percent = SINGLE_RUN_PERCENT,
	};
	size_t kept = TRIAL_METRICS;

	compare_metrics(reporter->comparison, report->profiles[GATE_BASE],
			report->profiles[GATE_NEW], &options);
	/* Of whole runs, those of the trial stand in front of them. */
	for (size_t i = kept; i < metrics->count; i++) {
		const struct metric_change *metric = &metrics->items[i];

		if (metric->region || trial_metric_find(metric->name) ==
				      TRIAL_METRICS)
			metrics->items[kept++] = *metric;
	}
	metrics->count = kept;
}

static void add_metrics(const struct gate_report *report,
			const struct reporter *reporter)
{
	struct comparison *comparison = reporter->comparison;
	const enum trial_metric subject =
		gate_words_subject(reporter->trial, reporter->config);

	if (!reporter->trial->rounds.count)
		return;
	for (unsigned int metric = 0; metric < TRIAL_METRICS; metric++)
		add_metric(reporter, metric);
	if (reporter->explains)
		add_program_metrics(report, reporter);
	comparison->decides = subject;
	comparison->metrics.items[subject].decides = true;
	comparison->noise_percent =
		comparison->metrics.items[subject].noise_percent;
	comparison->verdict =
		comparison->metrics.items[subject].change.verdict;
	comparison->improvement_percent =
		-comparison->metrics.items[subject].change.percent;
	comparison->interleaved = true;
}

static void decide(const struct reporter *reporter)
{
	struct comparison *comparison = reporter->comparison;

	switch (trial_verdict(reporter->trial, reporter->config)) {
	case DECISION_SLOWER:
		comparison->outcome = OUTCOME_REGRESSION;
		comparison->recommendation = RECOMMEND_KEEP;
		break;
	case DECISION_NOT_SLOWER:
		comparison->outcome = OUTCOME_PASS;
		comparison->recommendation = RECOMMEND_KEEP;
		break;
	case DECISION_FASTER:
		comparison->outcome = OUTCOME_PASS;
		comparison->recommendation =
			comparison->improvement_percent >
			min_improvement_percent ?
			RECOMMEND_UPGRADE : RECOMMEND_KEEP;
		break;
	default:
		comparison->outcome = OUTCOME_INCONCLUSIVE;
		comparison->recommendation = RECOMMEND_UNKNOWN;
	}
	comparison->min_improvement_percent = min_improvement_percent;
	comparison->threshold_percent = reporter->args->threshold_percent;
	comparison->allow_inconclusive = reporter->args->allow_inconclusive;
}

static void add_notice(struct comparison *comparison, struct strbuf *text)
{
	comparison_notice(comparison, NOTICE_INFO, "%s", strbuf_text(text));
	strbuf_clear(text);
}

/* How many rounds a change would take: advice, or worth to be known. */
static void add_needed(const struct reporter *reporter,
		       enum trial_metric subject, bool advise)
{
	struct comparison *comparison = reporter->comparison;
	struct strbuf text = STRBUF_INIT;

	gate_words_needed(&text, &reporter->trial->decisions[subject]);
	if (advise)
		comparison_advise(comparison, "%s", strbuf_text(&text));
	else
		comparison_notice(comparison, NOTICE_INFO, "%s",
				  strbuf_text(&text));
	strbuf_clear(&text);
	gate_words_instead(&text, reporter->trial, reporter->config);
	if (advise && text.len)
		comparison_advise(comparison, "%s", strbuf_text(&text));
	strbuf_release(&text);
}

/* What was found on the way, for those who doubt. */
static void add_words(const struct reporter *reporter)
{
	struct comparison *comparison = reporter->comparison;
	const struct trial *trial = reporter->trial;
	const enum trial_metric subject =
		gate_words_subject(trial, reporter->config);
	const struct decision *decision = &trial->decisions[subject];
	struct strbuf text = STRBUF_INIT;

	if (trial->usable[subject] && trial->rounds.count > 1) {
		gate_words_noise(&text, decision);
		add_notice(comparison, &text);
		if (decision->verdict == DECISION_SLOWER) {
			gate_words_batches(&text, decision);
			add_notice(comparison, &text);
		}
	}
	gate_words_machine(&text, trial);
	add_notice(comparison, &text);
	gate_words_reason(&text, trial, subject);
	if (text.len)
		comparison_reason(comparison, "%s", strbuf_text(&text));
	/* Of what spreads nobody knows how much, nothing can be foretold. */
	if (trial->usable[subject] && decision->rounds.count > 1)
		add_needed(reporter, subject, text.len > 0);
	strbuf_release(&text);
}

static struct profile *load(const struct gate_profiles *profiles, int side)
{
	const struct profile_load how = { .salvage = false };
	const char *const path = strbuf_text(&profiles->path[side]);
	struct profile *profile = NULL;

	if (profiles->recorded[side])
		profile_load(&profile, &path, 1, &how, NULL);
	return profile;
}

/* The code, from sampled runs; nothing where there are none. */
static void add_code(struct gate_report *report, const struct gate_args *args)
{
	static const struct filter_spec all;
	struct compare_options options = {
		.threshold_percent = args->threshold_percent,
		.single_run_percent = SINGLE_RUN_PERCENT,
		.min_improvement_percent = min_improvement_percent,
		.spec = &all,
	};

	for (int side = 0; side < GATE_SIDES; side++) {
		filter_init(&report->filters[side], &all,
			    report->profiles[side], NULL);
		options.filters[side] = &report->filters[side];
		report->comparison.sides[side].filter =
			&report->filters[side];
	}
	compare_code(&report->comparison, report->profiles[GATE_BASE],
		     report->profiles[GATE_NEW], &options);
	if (report->comparison.functions.rows.count &&
	    !report->comparison.explanation_agrees)
		comparison_notice(&report->comparison, NOTICE_INFO,
				  "the sampled runs do not show the change of "
				  "the others: what they explain is not it");
}

void gate_report_init(struct gate_report *report, const struct gate_args *args,
		      const struct gate_commands *commands,
		      const struct trial_config *config,
		      const struct trial *trial,
		      const struct gate_profiles *profiles)
{
	struct reporter reporter = {
		.comparison = &report->comparison, .args = args,
		.config = config, .trial = trial,
	};

	*report = (struct gate_report){ .comparison = COMPARISON_INIT };
	for (int side = 0; side < GATE_SIDES; side++) {
		report->profiles[side] = load(profiles, side);
		fill_side(&report->comparison, commands, trial, profiles,
			  side);
	}
	reporter.explains = !profiles->run_failed &&
		report->profiles[GATE_BASE] && report->profiles[GATE_NEW];
	if (report->profiles[GATE_BASE] && report->profiles[GATE_NEW])
		compare_sides(&report->comparison, report->profiles[GATE_BASE],
			      report->profiles[GATE_NEW]);
	add_metrics(report, &reporter);
	decide(&reporter);
	if (profiles->sampled && reporter.explains)
		add_code(report, args);
	if (profiles->run_failed)
		comparison_notice(&report->comparison, NOTICE_INFO,
				  "nothing is explained: a sampled run has "
				  "failed");
	add_words(&reporter);
}

void gate_report_release(struct gate_report *report)
{
	comparison_release(&report->comparison);
	for (int side = 0; side < GATE_SIDES; side++) {
		filter_release(&report->filters[side]);
		profile_free(report->profiles[side]);
	}
}
