/* SPDX-License-Identifier: MIT */
#include "compare/judge.h"

#include "base/mem.h"
#include "stat/quantile.h"
#include "stat/rank_sum.h"
#include "stat/signed_rank.h"
#include "stat/t_test.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum {
	NOISE_ROUNDS = 101,
	NOISE_VALUES = 20000,	/* dealt in all rounds; of many, fewer rounds */
	NOISE_RUNS_MIN = 6	/* halves of two would differ wildly */
};

/* With more than this, and twice the threshold, runs tell too little. */
#define NOISE_PERCENT_MAX 5.0

/* What is compared: values, or their logarithms. */
struct evidence {
	const double *base;
	size_t base_count;
	const double *new;
	size_t new_count;
	double level;
	bool wants_p;		/* p-values take longer than intervals */
};

/* Fills judged_by and p. */
static struct estimate estimate_t(const struct t_test *test, double level,
				  enum judged_by judged_by,
				  struct change *change)
{
	const struct estimate estimate = t_test_estimate(test, level);

	change->p = t_test_p(test, TAIL_BOTH);
	change->judged_by = test->df > 0 ? judged_by : JUDGED_NOT;
	return estimate;
}

static struct estimate estimate_pairs(const struct evidence *evidence,
				      struct change *change)
{
	const size_t count = evidence->base_count;
	double *differences = mem_calloc(count, sizeof(*differences));
	struct estimate estimate;
	struct t_test test;

	for (size_t i = 0; i < count; i++)
		differences[i] = evidence->new[i] - evidence->base[i];
	estimate = signed_rank_estimate(differences, count, evidence->level);
	if (estimate_has_interval(&estimate)) {
		if (evidence->wants_p)
			change->p = signed_rank_p(differences, count,
						  TAIL_BOTH);
		change->judged_by = JUDGED_PAIRED_RANKS;
	} else {
		test = t_test_paired(differences, count);
		estimate = estimate_t(&test, evidence->level, JUDGED_PAIRED_T,
				      change);
	}
	free(differences);
	return estimate;
}

static struct estimate estimate_samples(const struct evidence *evidence,
					struct change *change)
{
	const struct moments base = moments_of(evidence->base,
					       evidence->base_count);
	const struct moments new = moments_of(evidence->new,
					      evidence->new_count);
	struct estimate estimate = rank_sum_estimate(evidence->base,
						     evidence->base_count,
						     evidence->new,
						     evidence->new_count,
						     evidence->level);
	struct t_test test;

	if (estimate_has_interval(&estimate)) {
		if (evidence->wants_p)
			change->p = rank_sum_p(evidence->base,
					       evidence->base_count,
					       evidence->new,
					       evidence->new_count,
					       TAIL_BOTH);
		change->judged_by = JUDGED_RANKS;
		return estimate;
	}
	test = base.count > 1 && new.count > 1 ? t_test_moments(&base, &new) :
						 t_test_pooled(&base, &new);
	return estimate_t(&test, evidence->level, JUDGED_T, change);
}

static bool all_positive(const double *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!(values[i] > 0))
			return false;
	}
	return true;
}

static double *logarithms(const double *values, size_t count)
{
	double *logs = mem_calloc(count, sizeof(*logs));

	for (size_t i = 0; i < count; i++)
		logs[i] = log(values[i]);
	return logs;
}

/* From a shift of logarithms. */
static void set_ratio(struct change *change, const struct estimate *shift)
{
	change->percent = 100 * expm1(shift->value);
	change->low_percent = 100 * expm1(shift->low);
	change->high_percent = 100 * expm1(shift->high);
	change->delta = change->base * expm1(shift->value);
	change->low = isfinite(shift->low) ?
		      change->base * expm1(shift->low) : shift->low;
	change->high = change->base * expm1(shift->high);
}

static void set_difference(struct change *change, const struct estimate *shift)
{
	const double hundredth = change->base > 0 ? change->base / 100 :
						    (double)NAN;

	change->delta = shift->value;
	change->low = shift->low;
	change->high = shift->high;
	change->percent = change->delta / hundredth;
	change->low_percent = change->low / hundredth;
	change->high_percent = change->high / hundredth;
}

void judge_margin(struct judge *judge, double threshold_percent,
		  double noise_percent)
{
	const double limit = fmax(NOISE_PERCENT_MAX, 2 * threshold_percent);

	/* fmax() leaves a NAN out, and a NAN is not above anything. */
	judge->margin_percent = fmax(threshold_percent, noise_percent);
	judge->same_percent = noise_percent > limit ? threshold_percent :
						      judge->margin_percent;
}

enum verdict judge_verdict(const struct change *change)
{
	if (!change_has_interval(change))
		return VERDICT_UNKNOWN;
	/* Nothing before and nothing now; or something, of which no share. */
	if (isnan(change->percent)) {
		if (change->low >= 0 && change->high <= 0)
			return VERDICT_SAME;
		return VERDICT_UNKNOWN;
	}
	if (change->low_percent > change->margin_percent)
		return VERDICT_SLOWER;
	if (change->high_percent < -change->margin_percent)
		return VERDICT_FASTER;
	if (change->low_percent >= -change->same_percent &&
	    change->high_percent <= change->same_percent)
		return VERDICT_SAME;
	return VERDICT_UNKNOWN;
}

void judge_single_run(struct change *change, double percent)
{
	const bool known = change_has_interval(change);

	change->judged_by = JUDGED_SAMPLES;
	change->margin_percent = change->same_percent = percent;
	change->verdict = VERDICT_UNKNOWN;
	if (change->percent > percent && (!known || change->low > 0))
		change->verdict = VERDICT_SLOWER;
	else if (change->percent < -percent && (!known || change->high < 0))
		change->verdict = VERDICT_FASTER;
}

static void judge_evidence(struct change *change,
			   const struct evidence *evidence, bool paired,
			   bool ratio)
{
	const struct estimate shift = paired ?
		estimate_pairs(evidence, change) :
		estimate_samples(evidence, change);

	change->level = shift.level;
	if (ratio)
		set_ratio(change, &shift);
	else
		set_difference(change, &shift);
	change->verdict = judge_verdict(change);
}

static struct change judge_values(const double *base, size_t base_count,
				  const double *new, size_t new_count,
				  const struct judge *judge, bool wants_p)
{
	const bool ratio = all_positive(base, base_count) &&
			   all_positive(new, new_count);
	struct change change = {
		.base = base_count ? median_of(base, base_count) : (double)NAN,
		.new = new_count ? median_of(new, new_count) : (double)NAN,
		.delta = NAN, .low = -INFINITY, .high = INFINITY,
		.percent = NAN, .low_percent = NAN, .high_percent = NAN,
		.margin_percent = judge->margin_percent,
		.same_percent = judge->same_percent,
		.p = 1, .base_runs = base_count, .new_runs = new_count,
	};
	struct evidence evidence = {
		base, base_count, new, new_count, judge->level, wants_p
	};
	double *base_logs, *new_logs;

	assert(!judge->paired || base_count == new_count);
	if (!base_count || !new_count)
		return change;
	if (!ratio) {
		judge_evidence(&change, &evidence, judge->paired, false);
		return change;
	}
	evidence.base = base_logs = logarithms(base, base_count);
	evidence.new = new_logs = logarithms(new, new_count);
	judge_evidence(&change, &evidence, judge->paired, true);
	free(base_logs);
	free(new_logs);
	return change;
}

struct change judge_runs(const double *base, size_t base_count,
			 const double *new, size_t new_count,
			 const struct judge *judge)
{
	return judge_values(base, base_count, new, new_count, judge, true);
}

/* Half of `values` each, at random; with `in_turns` one of each two. */
static void deal(const double *values, size_t half, bool in_turns,
		 size_t *order, double *one, double *other, struct rng *rng)
{
	if (!in_turns)
		rng_shuffle(rng, order, 2 * half);
	for (size_t i = 0; i < half; i++) {
		const size_t swap = in_turns ? rng_below(rng, 2) : 0;

		one[i] = values[order[2 * i + swap]];
		other[i] = values[order[2 * i + !swap]];
	}
}

double judge_noise_percent(const double *values, size_t count, bool in_turns,
			   struct rng *rng)
{
	const struct judge judge = {
		.level = JUDGE_LEVEL, .paired = in_turns
	};
	const size_t half = count / 2;
	const size_t rounds = MIN(NOISE_ROUNDS, NOISE_VALUES / (count + 1) +
				  3);
	double widths[NOISE_ROUNDS];
	double *one = mem_calloc(half + 1, sizeof(*one));
	double *other = mem_calloc(half + 1, sizeof(*other));
	size_t *order = mem_calloc(count + 1, sizeof(*order));
	size_t known = 0;

	for (size_t i = 0; i < count; i++)
		order[i] = i;
	for (size_t i = 0; count >= NOISE_RUNS_MIN && i < rounds; i++) {
		struct change change;

		deal(values, half, in_turns, order, one, other, rng);
		change = judge_values(one, half, other, half, &judge, false);
		if (change_has_interval(&change) && !isnan(change.percent))
			widths[known++] = (change.high_percent -
					   change.low_percent) / 2;
	}
	free(order);
	free(other);
	free(one);
	return known ? median_of(widths, known) : (double)NAN;
}
