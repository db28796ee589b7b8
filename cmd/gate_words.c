/* SPDX-License-Identifier: MIT */
#include "gate_words.h"

#include <math.h>

enum { MANY_ROUNDS = 99999 };	/* nobody wants to know how many more */

/* Four times the spread takes sixteen times the rounds. */
static const double much_more = 4;

/* A difference of logarithms, in per cent. */
static double percent_of(double change)
{
	return 100 * expm1(change);
}

/* Two digits, "0.52%", and never "1.2e+02%". */
static void add_spread(struct strbuf *out, double percent)
{
	strbuf_addf(out, percent < 99.5 ? "%.2g%%" : "%.0f%%", percent);
}

/* "+5.1% (4.2% to 6.0%)" */
static void add_change(struct strbuf *out, const struct estimate *change)
{
	strbuf_addf(out, "%+.1f%%", percent_of(change->value));
	if (estimate_has_interval(change))
		strbuf_addf(out, " (%+.1f%% to %+.1f%%)",
			    percent_of(change->low), percent_of(change->high));
}

enum trial_metric gate_words_subject(const struct trial *trial,
				     const struct trial_config *config)
{
	const enum decision_verdict verdict = trial_verdict(trial, config);
	enum trial_metric first = TRIAL_METRICS;

	for (unsigned int m = 0; m < TRIAL_METRICS; m++) {
		if (!config->decides[m])
			continue;
		if (trial->decisions[m].verdict == verdict ||
		    (verdict == DECISION_UNDECIDED && !trial->usable[m]))
			return m;
		first = MIN(first, m);
	}
	return first;
}

static void add_verdict(struct strbuf *out, const struct decision *decision,
			enum trial_metric metric)
{
	const char *what = trial_metric_text(metric);
	const double margin = percent_of(decision->margin);

	strbuf_addf(out, "%s ", what);
	switch (decision->verdict) {
	case DECISION_SLOWER:
		add_change(out, &decision->change);
		strbuf_addf(out, " in %zu rounds, confirmed by %zu more: ",
			    decision->first_count, decision->rounds.count -
			    decision->first_count);
		add_change(out, &decision->second);
		break;
	case DECISION_FASTER:
		add_change(out, &decision->change);
		strbuf_addf(out, " in %zu rounds: better by more than %.1f%%",
			    decision->rounds.count, margin);
		break;
	case DECISION_UNCONFIRMED:
		add_change(out, &decision->change);
		strbuf_addf(out, " in %zu rounds, which a second batch did not "
			    "confirm", decision->first_count);
		if (estimate_has_interval(&decision->second)) {
			strbuf_add(out, ": ");
			add_change(out, &decision->second);
		}
		break;
	case DECISION_UNFIT:
		strbuf_add(out, "of base differs from that of base by ");
		add_change(out, &decision->control);
		break;
	case DECISION_NOT_SLOWER:
		add_change(out, &decision->change);
		strbuf_addf(out, " in %zu rounds: not slower by more than "
			    "%g%%", decision->rounds.count,
			    100 * decision->rules.threshold);
		break;
	default:
		add_change(out, &decision->change);
		strbuf_addf(out, " in %zu rounds, ", decision->rounds.count);
		if (isfinite(margin))
			strbuf_addf(out, "margin %.1f%%", margin);
		else
			strbuf_add(out, "too few for any verdict");
	}
}

void gate_words_closing(struct strbuf *out, const struct trial *trial,
			const struct trial_config *config)
{
	static const char *const titles[] = {
		[DECISION_OPEN] = "Inconclusive",
		[DECISION_SLOWER] = "Regression",
		[DECISION_NOT_SLOWER] = "No regression",
		[DECISION_FASTER] = "No regression",
		[DECISION_UNCONFIRMED] = "Inconclusive",
		[DECISION_UNDECIDED] = "Inconclusive",
		[DECISION_UNFIT] = "Machine unfit",
	};
	const enum trial_metric subject = gate_words_subject(trial, config);

	strbuf_addf(out, "%s: ", titles[trial_verdict(trial, config)]);
	if (!trial->usable[subject])
		strbuf_addf(out, "%s is not known of every run",
			    trial_metric_text(subject));
	else
		add_verdict(out, &trial->decisions[subject], subject);
}

void gate_words_batches(struct strbuf *out, const struct decision *decision)
{
	strbuf_addf(out, "Batches: the first, of %zu rounds, says ",
		    decision->first_count);
	add_change(out, &decision->change);
	strbuf_addf(out, "; the second, of %zu, says ",
		    decision->rounds.count - decision->first_count);
	add_change(out, &decision->second);
}

void gate_words_noise(struct strbuf *out, const struct decision *decision)
{
	strbuf_add(out, "Noise: a round's change spreads by ");
	add_spread(out, 100 * decision_spread(decision));
	strbuf_add(out, "; base against base: ");
	add_change(out, &decision->control);
	if (!isfinite(decision->floor))
		return;
	strbuf_add(out, ", so that the noise floor is ");
	add_spread(out, percent_of(decision->floor));
}

void gate_words_needed(struct strbuf *out, const struct decision *decision)
{
	/* With the usual 2%: 3, 5, 10 and 20%. */
	static const double times[] = { 1.5, 2.5, 5, 10 };
	const double threshold = decision->rules.threshold;
	const double unit = threshold > 0 ? threshold : 0.02;
	const double spread = decision_spread(decision);
	const double margin = log1p(threshold);

	strbuf_addf(out, "--max-pairs (%zu now): here it takes",
		    decision->rules.max_rounds);
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		const double change = times[i] * unit;
		const size_t rounds = decision_rounds_needed(spread, change,
							     margin);

		strbuf_add(out, i ? ", " : " ");
		if (rounds > MANY_ROUNDS)
			strbuf_addf(out, "more than %d", MANY_ROUNDS);
		else
			strbuf_addf(out, "%zu", rounds);
		strbuf_addf(out, "%s to see +%g%%", i ? "" :
			    " rounds of 3 runs", 100 * change);
	}
}

void gate_words_instead(struct strbuf *out, const struct trial *trial,
			const struct trial_config *config)
{
	const double wall = trial_spread(trial, TRIAL_WALL);
	const double cpu = trial_spread(trial, TRIAL_CPU);

	if (!config->decides[TRIAL_WALL] || config->decides[TRIAL_CPU] ||
	    !(wall > much_more * cpu))
		return;
	strbuf_add(out, "--metric cpu, where work matters and waiting does "
		   "not: a round's change spreads by ");
	add_spread(out, 100 * cpu);
	strbuf_add(out, " there, by ");
	add_spread(out, 100 * wall);
	strbuf_add(out, " in wall time");
}

void gate_words_machine(struct strbuf *out, const struct trial *trial)
{
	const struct machine_load *before = &trial->before;
	const struct machine_load *after = &trial->after;
	const struct machine_disturbance all =
		machine_disturbance_of(before, after);

	strbuf_addf(out, "Machine: load %.2f to %.2f", before->load1,
		    after->load1);
	if (all.pressure_percent >= 0)
		strbuf_addf(out, ", some task waited for a CPU for %.1f%% of "
			    "the time", all.pressure_percent);
	if (all.steal_percent > 0)
		strbuf_addf(out, ", %.1f%% stolen by the hypervisor",
			    all.steal_percent);
	if (before->mhz_low > 0)
		strbuf_addf(out, ", %.0f to %.0f MHz",
			    MIN(before->mhz_low, after->mhz_low),
			    MAX(before->mhz_high, after->mhz_high));
}

void gate_words_reason(struct strbuf *out, const struct trial *trial,
		       enum trial_metric metric)
{
	const struct decision *decision = &trial->decisions[metric];
	const double threshold = 100 * decision->rules.threshold;

	if (!trial->usable[metric]) {
		strbuf_addf(out, "%s is 0, or not known, of some runs",
			    trial_metric_text(metric));
		return;
	}
	switch (decision->verdict) {
	case DECISION_UNFIT:
		strbuf_addf(out, "the machine, or the command, changed "
			    "meanwhile: base differs from itself by more than "
			    "the threshold of %.1f%%", threshold);
		break;
	case DECISION_UNCONFIRMED:
		strbuf_add(out, trial->out_of_time ?
			   "--max-time was over before a second batch could "
			   "confirm it" :
			   "a second batch of rounds did not confirm what the "
			   "first one said");
		break;
	case DECISION_UNDECIDED:
		if (!isfinite(decision->floor))
			strbuf_addf(out, "too few rounds for any verdict: "
				    "%zu", decision->rounds.count);
		else if (decision->floor > log1p(decision->rules.threshold))
			strbuf_addf(out, "the noise floor, %.1f%%, is above "
				    "the threshold, %.1f%%",
				    percent_of(decision->floor), threshold);
		else
			strbuf_addf(out, "%s %.1f%% lies within the interval",
				    trial->out_of_time ?
				    "--max-time was over:" :
				    "--max-pairs are used up:", threshold);
		break;
	default:
		break;
	}
}
