/* SPDX-License-Identifier: MIT */
/*
 * Is the new command slower?  Rounds of three runs in random order (base,
 * new, and base once more as a control) are looked at as they come.
 *
 * Of each round two numbers count: the change, log(new) minus the mean of
 * log(base) and log(control), and the control's, log(control) - log(base).
 * They are not correlated, and the change varies 13 % less than one pair's.
 * Its location is Hodges and Lehmann's, its interval that of the signed
 * ranks.  Looks are few, and the error ALPHA is spent on them as rounds go by:
 * each look is so strict that it adds no more than its part to what the looks
 * before it have spent (stat/sequential.h).
 *
 * What lies wholly above the margin is taken for a regression when a second
 * batch of rounds, which had no part in choosing the moment, agrees.
 * The reasons, and what it reaches: cprof-statistics(7).
 */
#ifndef CPROF_GATE_DECISION_H
#define CPROF_GATE_DECISION_H

#include "base/vec.h"
#include "stat/estimate.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	DECISION_FIRST_LOOK = 7,	/* rounds */
	DECISION_CONFIRM = 6,		/* the second batch has at least */
	DECISION_LEAST_ROUNDS = DECISION_FIRST_LOOK + DECISION_CONFIRM,
	DECISION_ROUNDS_USUAL = 40,
	DECISION_LOOKS_MAX = 64
};

enum decision_verdict {
	DECISION_OPEN,		/* more rounds, please */
	DECISION_SLOWER,	/* by more than the margin, and confirmed */
	DECISION_NOT_SLOWER,	/* not by more than the threshold */
	DECISION_FASTER,	/* by more than the margin */
	DECISION_UNCONFIRMED,	/* slower, but not in the second batch */
	DECISION_UNDECIDED,	/* the rounds or the time are used up */
	DECISION_UNFIT		/* the control differs from its own kind */
};

struct decision_rules {
	double threshold;	/* smallest change that matters: 0.02 */
	double alpha;		/* of all looks, each side: 0.05 */
	size_t max_rounds;	/* both batches; at least LEAST_ROUNDS */
};

struct decision_round {
	double change;		/* of logarithms */
	double control;
};

VEC_DEFINE(decision_round_vec, struct decision_round);

/* The round of three measured values, all above 0. */
struct decision_round decision_round_of(double base, double control,
					double new_value);

struct decision {
	struct decision_rules rules;
	struct decision_round_vec rounds;
	size_t looks[DECISION_LOOKS_MAX];	/* after so many rounds */
	double look_alphas[DECISION_LOOKS_MAX];	/* error on each side */
	size_t look_count;
	size_t next_look;
	size_t first_count;		/* rounds of the first batch; 0: open */
	enum decision_verdict verdict;
	/* Of logarithms, at the last look. */
	struct estimate change;		/* first batch */
	struct estimate second;		/* of the second, when there was one */
	struct estimate control;	/* level 0.90 */
	double floor;			/* half-width of that interval */
	double margin;			/* max(log(1 + threshold), floor) */
};

/* With no rounds yet.  Fewer `max_rounds` than the least are the least. */
void decision_init(struct decision *decision,
		   const struct decision_rules *rules);
void decision_release(struct decision *decision);

/* One more round; returns the verdict, which is final unless it is OPEN. */
enum decision_verdict decision_add(struct decision *decision,
				   struct decision_round round);

/*
 * There will be no more rounds: look a last time.  The verdict is final.
 */
enum decision_verdict decision_finish(struct decision *decision);

/*
 * Without so many rounds, both batches, there is no verdict; `alpha` as in
 * the rules.  With the usual 0.05, DECISION_LEAST_ROUNDS.
 */
size_t decision_least_rounds(double alpha);

/* Rounds of the second batch, at least, when the first took so many. */
size_t decision_confirm_count(size_t first_count);

/* Standard deviation of the changes, robust; 0 for fewer than 2 rounds. */
double decision_spread(const struct decision *decision);

/*
 * Rounds, both batches, after which a true change (a ratio: 0.05) is told
 * from a margin in 95 % of the cases when single rounds spread by `spread`
 * (of logarithms): an estimate, for normal noise.  0: never, the change is
 * not above the margin.
 */
size_t decision_rounds_needed(double spread, double change, double margin);

#endif
