/* SPDX-License-Identifier: MIT */
#include "gate/decision.h"

#include "stat/distribution.h"
#include "stat/quantile.h"
#include "stat/sequential.h"
#include "stat/signed_rank.h"

#include <math.h>

/* Of all of alpha; the first look needs 2^-7 to be possible at all. */
static const double first_look_part = 0.16;

/* What a late look has, whatever the number of rounds. */
static const double usual_look_alpha = 0.014;

static const double control_level = 0.90;

/* A control that differs by no more chance than that ends the gate. */
static const double unfit_alpha = 0.0005;

static const double confirm_level = 0.9375;	/* 2/64 on each side */

/* Of each of the two batches, for 0.95 of both. */
static const double needed_power = 0.975;

enum {
	CONFIRM_PART = 3,	/* of the first batch: one in so many rounds */
	CONFIRM_STEP = 4,	/* rounds from look to look */
	NEEDED_MAX = 99999
};

struct decision_round decision_round_of(double base, double control,
					double new_value)
{
	return (struct decision_round){
		.change = log(new_value) - (log(base) + log(control)) / 2,
		.control = log(control) - log(base),
	};
}

size_t decision_confirm_count(size_t first_count)
{
	return MAX(first_count / CONFIRM_PART, (size_t)DECISION_CONFIRM);
}

/* Rounds before which a first look cannot say anything. */
static size_t first_look(double alpha)
{
	const double level = 1 - 2 * alpha * first_look_part;

	return MAX((size_t)DECISION_FIRST_LOOK, signed_rank_least_count(level));
}

size_t decision_least_rounds(double alpha)
{
	const size_t first = first_look(alpha);

	return first + decision_confirm_count(first);
}

/* The largest first batch of which `max` rounds leave enough to confirm it. */
static size_t last_look(size_t max)
{
	const size_t shared = (CONFIRM_PART * max + CONFIRM_PART - 1) /
			      (CONFIRM_PART + 1);

	return MIN(max - DECISION_CONFIRM, shared);
}

/* Each a quarter later than the one before; the last when all is used up. */
static void plan_looks(struct decision *decision)
{
	const size_t last = last_look(decision->rules.max_rounds);
	size_t at = MIN(first_look(decision->rules.alpha), last);

	while (at < last && decision->look_count < DECISION_LOOKS_MAX - 1) {
		decision->looks[decision->look_count++] = at;
		at += MAX(at / 4, (size_t)2);
	}
	/* A look just before the last would take from its error. */
	if (decision->look_count > 1 &&
	    decision->looks[decision->look_count - 1] + 2 > last)
		decision->look_count--;
	decision->looks[decision->look_count++] = last;
}

/* Of alpha, what looks after up to so many rounds may spend together. */
static double part_until(const struct decision *decision, size_t rounds)
{
	const double first = (double)decision->looks[0];
	const double last =
		(double)decision->looks[decision->look_count - 1];

	if (rounds <= decision->looks[0])
		return first_look_part;
	return first_look_part + (1 - first_look_part) *
	       ((double)rounds - first) / (last - first);
}

/*
 * The error of each look.  A look pays only for what the one before it has
 * not already found, and what ranks are too coarse to spend is left for the
 * next.
 */
static void spend(struct decision *decision)
{
	double before = 0, spent = 0, correlation = 0;

	for (size_t i = 0; i < decision->look_count; i++) {
		const size_t rounds = decision->looks[i];
		const double until = decision->rules.alpha *
				     part_until(decision, rounds);
		double attained;

		if (i)
			correlation = sqrt((double)decision->looks[i - 1] /
					   (double)rounds);
		decision->look_alphas[i] = sequential_alpha(
			before, until - spent, correlation);
		attained = signed_rank_tail(rounds, decision->look_alphas[i]);
		spent += sequential_new_error(before, attained, correlation);
		before = attained;
	}
}

void decision_init(struct decision *decision,
		   const struct decision_rules *rules)
{
	*decision = (struct decision){
		.rules = *rules,
		.change = estimate_without_interval(0),
		.second = estimate_without_interval(0),
		.control = estimate_without_interval(0),
	};
	decision->rules.max_rounds = MAX(rules->max_rounds,
					 (size_t)DECISION_LEAST_ROUNDS);
	decision->margin = log1p(rules->threshold);
	plan_looks(decision);
	spend(decision);
}

void decision_release(struct decision *decision)
{
	decision_round_vec_release(&decision->rounds);
}

/* The changes, or the controls, of rounds `from` to `to`; to be freed. */
static double *values_of(const struct decision *decision, size_t from,
			 size_t to, bool control)
{
	double *values = mem_calloc(to - from + 1, sizeof(*values));

	for (size_t i = from; i < to; i++) {
		const struct decision_round *round =
			&decision->rounds.items[i];

		values[i - from] = control ? round->control : round->change;
	}
	return values;
}

static struct estimate estimate_of(const struct decision *decision,
				   size_t from, size_t to, bool control,
				   double level)
{
	double *values = values_of(decision, from, to, control);
	struct estimate estimate = to > from ?
		signed_rank_estimate(values, to - from, level) :
		estimate_without_interval(0);

	free(values);
	return estimate;
}

double decision_spread(const struct decision *decision)
{
	const size_t count = decision->rounds.count;
	double *values = values_of(decision, 0, count, false);
	double spread = count > 1 ? mad_of(values, count) : 0;

	free(values);
	return spread;
}

enum control_state { CONTROL_GOOD, CONTROL_DOUBTFUL, CONTROL_DIFFERS };

/*
 * The control must not differ from its own kind by what would matter.  With
 * few rounds, noise alone may bring all of them to one side: then more are
 * needed to say so, and for any other verdict, too.
 */
static enum control_state control_state(const struct decision *decision)
{
	const size_t count = decision->rounds.count;
	const double threshold = log1p(decision->rules.threshold);
	const double least = exp2(-(double)count);
	struct estimate strict;

	if (count < DECISION_FIRST_LOOK)
		return CONTROL_GOOD;
	strict = estimate_of(decision, 0, count, true,
			     1 - 2 * MAX(unfit_alpha, least));
	if (strict.low <= threshold && strict.high >= -threshold)
		return CONTROL_GOOD;
	return least > unfit_alpha ? CONTROL_DOUBTFUL : CONTROL_DIFFERS;
}

static enum decision_verdict look(struct decision *decision, double alpha,
				  bool last)
{
	const size_t count = decision->rounds.count;
	const enum control_state control = control_state(decision);

	decision->change = estimate_of(decision, 0, count, false,
				       1 - 2 * alpha);
	decision->control = estimate_of(decision, 0, count, true,
					control_level);
	decision->floor = estimate_half_width(&decision->control);
	decision->margin = MAX(log1p(decision->rules.threshold),
			       decision->floor);
	if (control == CONTROL_DIFFERS || (control != CONTROL_GOOD && last))
		return DECISION_UNFIT;
	if (control == CONTROL_DOUBTFUL)
		return DECISION_OPEN;
	if (decision->change.low > decision->margin) {
		decision->first_count = count;
		return DECISION_OPEN;
	}
	if (decision->change.high < -decision->margin)
		return DECISION_FASTER;
	/* Noise does not excuse a slowdown that matters. */
	if (decision->change.high < log1p(decision->rules.threshold))
		return DECISION_NOT_SLOWER;
	return last ? DECISION_UNDECIDED : DECISION_OPEN;
}

/*
 * The second batch, by itself: is there a slowdown, and not one of a quite
 * different size?  It is smaller, and the first was taken at a moment that
 * spoke for it, so that as much as the margin cannot be asked of it.
 */
static enum decision_verdict confirm(struct decision *decision)
{
	const size_t count = decision->rounds.count;

	decision->second = estimate_of(decision, decision->first_count, count,
				       false, confirm_level);
	if (decision->second.low > 0 &&
	    decision->second.value > decision->margin / 2)
		return DECISION_SLOWER;
	if (decision->second.high < decision->margin ||
	    count >= decision->rules.max_rounds)
		return DECISION_UNCONFIRMED;
	return DECISION_OPEN;
}

/* It goes on while it says neither yes nor no. */
static bool is_confirm_look(const struct decision *decision)
{
	const size_t least = decision_confirm_count(decision->first_count);
	const size_t count = decision->rounds.count - decision->first_count;

	return (count >= least && (count - least) % CONFIRM_STEP == 0) ||
	       decision->rounds.count >= decision->rules.max_rounds;
}

enum decision_verdict decision_add(struct decision *decision,
				   struct decision_round round)
{
	const size_t at = decision->next_look;

	if (decision->verdict != DECISION_OPEN)
		return decision->verdict;
	decision_round_vec_push(&decision->rounds, round);
	if (decision->first_count) {
		if (is_confirm_look(decision))
			decision->verdict = confirm(decision);
	} else if (decision->rounds.count == decision->looks[at]) {
		decision->next_look++;
		decision->verdict = look(decision, decision->look_alphas[at],
					 at + 1 == decision->look_count);
	}
	return decision->verdict;
}

enum decision_verdict decision_finish(struct decision *decision)
{
	const size_t at = decision->next_look;

	if (decision->verdict != DECISION_OPEN)
		return decision->verdict;
	/* A batch that was not ended confirms nothing. */
	if (decision->first_count)
		decision->verdict = DECISION_UNCONFIRMED;
	else
		decision->verdict = look(decision, decision->look_alphas[at],
					 true);
	if (decision->verdict == DECISION_OPEN)
		decision->verdict = DECISION_UNCONFIRMED;
	return decision->verdict;
}

/*
 * Of the first batch.  Up to 8 rounds, all of them must lie above the margin;
 * the noise floor, which may be the margin, falls with their number.
 */
static bool is_enough(size_t rounds, double spread, double change,
		      double margin)
{
	/* The signed ranks' efficiency for normal values is 3 / pi. */
	const double root = sqrt((double)rounds * 3 / M_PI);
	/* A pair varies more than a round: sqrt(4 / 3). */
	const double floor = normal_quantile((1 + control_level) / 2) *
			     spread * sqrt(4.0 / 3) / root;
	const double gap = change - MAX(margin, floor);
	const double z = normal_quantile(1 - usual_look_alpha) +
			 normal_quantile(needed_power);

	if (rounds < DECISION_FIRST_LOOK + 2)
		return gap > spread * normal_quantile(
			pow(needed_power, 1.0 / DECISION_FIRST_LOOK));
	return gap * root > z * spread;
}

size_t decision_rounds_needed(double spread, double change, double margin)
{
	size_t rounds = DECISION_FIRST_LOOK;

	if (log1p(change) <= margin)
		return 0;
	while (rounds < NEEDED_MAX &&
	       !is_enough(rounds, spread, log1p(change), margin))
		rounds++;
	return rounds + decision_confirm_count(rounds);
}
