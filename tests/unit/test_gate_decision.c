/* SPDX-License-Identifier: MIT */
#include "gate/decision.h"

#include "stat/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { VERDICTS = DECISION_UNFIT + 1 };

/* Runs of a machine that we know. */
struct machine {
	double pair_spread;	/* standard deviation of log(new / base) */
	double change;		/* of new: 0.05 */
	double control_change;	/* of the control, which should have none */
	double drift;		/* of the logarithm, each run */
	double spikes;		/* how often a run takes half as long again */
	size_t max_rounds;
};

static double noise(const struct machine *machine, struct rng *rng)
{
	double value = machine->pair_spread / M_SQRT2 * rng_normal(rng);

	if (rng_double(rng) < machine->spikes)
		value += log(1.5);
	return value;
}

static struct decision_round round_of(const struct machine *machine,
				      struct rng *rng, size_t at)
{
	size_t order[] = { 0, 1, 2 };
	double values[3];

	rng_shuffle(rng, order, 3);
	for (size_t i = 0; i < 3; i++)
		values[order[i]] = noise(machine, rng) +
			machine->drift * (double)(at * 3 + i);
	return decision_round_of(exp(values[0]), exp(values[1]) *
				 (1 + machine->control_change),
				 exp(values[2]) * (1 + machine->change));
}

/* Looks are planned once: it takes its time. */
static struct decision decision_for(const struct machine *machine)
{
	const struct decision_rules rules = {
		.threshold = 0.02, .alpha = 0.05,
		.max_rounds = machine->max_rounds ? machine->max_rounds :
						    DECISION_ROUNDS_USUAL,
	};
	struct decision decision;

	decision_init(&decision, &rules);
	return decision;
}

/* One gate, of a copy of `decision`; the rounds that it took. */
static size_t decide(struct decision decision, const struct machine *machine,
		     struct rng *rng, enum decision_verdict *verdict)
{
	const struct decision_rules rules = decision.rules;
	size_t rounds = 0;

	while (rounds < rules.max_rounds &&
	       decision_add(&decision, round_of(machine, rng, rounds)) ==
	       DECISION_OPEN)
		rounds++;
	*verdict = decision_finish(&decision);
	rounds = decision.rounds.count;
	assert_true(rounds <= rules.max_rounds);
	assert_true(*verdict != DECISION_OPEN);
	decision_release(&decision);
	return rounds;
}

/* Of `gates` gates, how many had each verdict; returns rounds on average. */
static double decide_many(const struct machine *machine, size_t gates,
			  uint64_t seed, size_t counts[VERDICTS])
{
	const struct decision decision = decision_for(machine);
	struct rng rng = rng_of(seed);
	size_t rounds = 0;

	for (size_t i = 0; i < VERDICTS; i++)
		counts[i] = 0;
	for (size_t i = 0; i < gates; i++) {
		enum decision_verdict verdict;

		rounds += decide(decision, machine, &rng, &verdict);
		counts[verdict]++;
	}
	return (double)rounds / (double)gates;
}

static void the_same_command_is_never_slower(void **state)
{
	static const struct machine machines[] = {
		{ .pair_spread = 0.005 },
		{ .pair_spread = 0.015 },
		{ .pair_spread = 0.05 },
		{ .pair_spread = 0.015, .drift = 0.01 },
		{ .pair_spread = 0.015, .drift = -0.01 },
		{ .pair_spread = 0.01, .spikes = 0.1 },
		{ .pair_spread = 0.2, .spikes = 0.2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		size_t counts[VERDICTS];

		decide_many(&machines[i], 1000, i, counts);
		assert_int_equal(counts[DECISION_SLOWER], 0);
	}
}

static void the_same_command_passes_on_a_quiet_machine(void **state)
{
	const struct machine machine = { .pair_spread = 0.015 };
	size_t counts[VERDICTS];

	assert_true(decide_many(&machine, 1000, 1, counts) < 11);
	assert_in_range(counts[DECISION_NOT_SLOWER], 990, 1000);
}

/* The power that issue and manual page promise, at a spread of 1.5 %. */
static void slowdowns_are_found_in_the_promised_number_of_rounds(void **state)
{
	const struct machine five = { .pair_spread = 0.015, .change = 0.05 };
	const struct machine three = { .pair_spread = 0.015, .change = 0.03 };
	size_t counts[VERDICTS];

	assert_true(decide_many(&five, 1000, 2, counts) <= 14);
	assert_true(counts[DECISION_SLOWER] >= 950);
	assert_true(decide_many(&three, 1000, 3, counts) <= 40);
	assert_true(counts[DECISION_SLOWER] >= 900);
}

/* Not above alpha, 100 of 2,000, but for what chance adds to that. */
static void a_change_of_just_the_threshold_is_rarely_called_slower(void **state)
{
	const struct machine machine = { .pair_spread = 0.01,
					 .change = 0.02 };
	size_t counts[VERDICTS];

	decide_many(&machine, 2000, 4, counts);
	assert_true(counts[DECISION_SLOWER] <= 130);
	assert_true(counts[DECISION_NOT_SLOWER] <= 130);
}

static void what_is_faster_is_told(void **state)
{
	const struct machine machine = { .pair_spread = 0.01,
					 .change = -0.08 };
	size_t counts[VERDICTS];

	decide_many(&machine, 300, 5, counts);
	assert_int_equal(counts[DECISION_SLOWER], 0);
	assert_true(counts[DECISION_FASTER] >= 290);
}

static void noise_is_no_reason_to_pass(void **state)
{
	const struct machine machine = { .pair_spread = 0.3 };
	size_t counts[VERDICTS];

	decide_many(&machine, 300, 6, counts);
	assert_int_equal(counts[DECISION_SLOWER], 0);
	assert_true(counts[DECISION_UNDECIDED] >= 250);
}

static void a_base_that_differs_from_itself_is_an_unfit_machine(void **state)
{
	const struct machine machine = { .pair_spread = 0.01,
					 .control_change = 0.2 };
	size_t counts[VERDICTS];

	decide_many(&machine, 300, 7, counts);
	assert_true(counts[DECISION_UNFIT] >= 295);
}

static void equal_values_are_no_change(void **state)
{
	const struct machine machine = { .pair_spread = 0 };
	enum decision_verdict verdict;
	struct rng rng = rng_of(8);

	assert_int_equal(decide(decision_for(&machine), &machine, &rng,
				&verdict),
			 DECISION_FIRST_LOOK);
	assert_int_equal(verdict, DECISION_NOT_SLOWER);
}

static void a_slowdown_without_noise_is_confirmed_at_once(void **state)
{
	const struct machine machine = { .change = 0.03, .max_rounds = 13 };
	enum decision_verdict verdict;
	struct rng rng = rng_of(9);

	assert_int_equal(decide(decision_for(&machine), &machine, &rng,
				&verdict),
			 DECISION_LEAST_ROUNDS);
	assert_int_equal(verdict, DECISION_SLOWER);
}

static void a_batch_that_is_cut_short_confirms_nothing(void **state)
{
	const struct decision_rules rules = { 0.02, 0.05, 40 };
	struct decision decision;

	decision_init(&decision, &rules);
	for (size_t i = 0; i < DECISION_FIRST_LOOK + 2; i++)
		decision_add(&decision, decision_round_of(1, 1, 1.1));
	assert_int_equal(decision.first_count, DECISION_FIRST_LOOK);
	assert_int_equal(decision_finish(&decision), DECISION_UNCONFIRMED);
	decision_release(&decision);
}

/* A phase of the machine that falls on new only: the second batch sees it. */
static void what_happens_once_is_not_confirmed(void **state)
{
	const struct decision_rules rules = { 0.02, 0.05, 40 };
	struct decision decision;
	size_t rounds = 0;

	decision_init(&decision, &rules);
	while (decision.verdict == DECISION_OPEN && rounds < 40)
		decision_add(&decision, decision_round_of(
			1, 1, rounds++ < DECISION_FIRST_LOOK ? 1.1 : 1.001));
	assert_int_equal(decision.verdict, DECISION_UNCONFIRMED);
	decision_release(&decision);
}

/* Ends early, by time: like a look, and as strict. */
static void few_rounds_decide_nothing(void **state)
{
	const struct decision_rules rules = { 0.02, 0.05, 40 };

	for (size_t count = 0; count < DECISION_FIRST_LOOK; count++) {
		struct decision decision;

		decision_init(&decision, &rules);
		for (size_t i = 0; i < count; i++)
			decision_add(&decision, decision_round_of(1, 1, 2));
		assert_int_equal(decision_finish(&decision),
				 DECISION_UNDECIDED);
		decision_release(&decision);
	}
}

/* All metrics that decide share the error: each of them needs more. */
static void fewer_rounds_than_the_least_never_decide(void **state)
{
	assert_int_equal(decision_least_rounds(0.05), DECISION_LEAST_ROUNDS);
	for (int metrics = 1; metrics <= 5; metrics++) {
		const double alpha = 0.05 / metrics;
		const size_t least = decision_least_rounds(alpha);

		assert_in_range(least, DECISION_LEAST_ROUNDS, 16);
		for (size_t max = least - (metrics > 1); max <= least; max++) {
			const struct decision_rules rules = {
				.threshold = 0.02, .alpha = alpha,
				.max_rounds = max,
			};
			const struct decision_round twice = { .change = 0.7 };
			struct decision decision;

			decision_init(&decision, &rules);
			for (size_t i = 0; i < max; i++)
				decision_add(&decision, twice);
			assert_int_equal(decision_finish(&decision) ==
					 DECISION_SLOWER, max == least);
			decision_release(&decision);
		}
	}
}

/* However many rounds are allowed, to plan them takes no time. */
static void looks_do_not_spend_more_than_there_is(void **state)
{
	for (size_t max = 0; max < SIZE_MAX / 8;
	     max += max < 60 ? 1 : max < 3000 ? 97 : max) {
		const struct decision_rules rules = { 0.02, 0.05, max };
		struct decision decision;
		size_t last, wanted;

		decision_init(&decision, &rules);
		assert_in_range(decision.look_count, 1, DECISION_LOOKS_MAX);
		for (size_t i = 1; i < decision.look_count; i++)
			assert_true(decision.looks[i - 1] <
				    decision.looks[i]);
		last = decision.looks[decision.look_count - 1];
		last += decision_confirm_count(last);
		wanted = MAX(max, (size_t)DECISION_LEAST_ROUNDS);
		assert_in_range(last, wanted - 1, wanted);
		decision_release(&decision);
	}
}

/* A program so short that every second run of it takes twice as long. */
static void noise_of_the_base_hides_no_large_slowdown(void **state)
{
	const struct machine machine = { .pair_spread = 1, .change = 50 };
	size_t counts[VERDICTS];

	decide_many(&machine, 3000, 14, counts);
	assert_true(counts[DECISION_SLOWER] >= 2990);
}

/* What is said to be needed has the power that is said, or a little more. */
static void rounds_that_are_said_to_be_needed_are_enough(void **state)
{
	static const struct machine machines[] = {
		{ .pair_spread = 0.03, .change = 0.05 },
		{ .pair_spread = 0.06, .change = 0.10 },
		{ .pair_spread = 0.02, .change = 0.03 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct machine machine = machines[i];
		size_t counts[VERDICTS];

		machine.max_rounds = decision_rounds_needed(
			machine.pair_spread * sqrt(0.75), machine.change,
			log1p(0.02));
		assert_in_range(machine.max_rounds, 15, 200);
		decide_many(&machine, 400, 10 + i, counts);
		assert_true(counts[DECISION_SLOWER] >= 360);
	}
	assert_int_equal(decision_rounds_needed(0.01, 0.02, log1p(0.02)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_command_is_never_slower),
		cmocka_unit_test(the_same_command_passes_on_a_quiet_machine),
		cmocka_unit_test(
			slowdowns_are_found_in_the_promised_number_of_rounds),
		cmocka_unit_test(
			a_change_of_just_the_threshold_is_rarely_called_slower),
		cmocka_unit_test(what_is_faster_is_told),
		cmocka_unit_test(noise_is_no_reason_to_pass),
		cmocka_unit_test(
			a_base_that_differs_from_itself_is_an_unfit_machine),
		cmocka_unit_test(equal_values_are_no_change),
		cmocka_unit_test(a_slowdown_without_noise_is_confirmed_at_once),
		cmocka_unit_test(a_batch_that_is_cut_short_confirms_nothing),
		cmocka_unit_test(what_happens_once_is_not_confirmed),
		cmocka_unit_test(few_rounds_decide_nothing),
		cmocka_unit_test(fewer_rounds_than_the_least_never_decide),
		cmocka_unit_test(looks_do_not_spend_more_than_there_is),
		cmocka_unit_test(noise_of_the_base_hides_no_large_slowdown),
		cmocka_unit_test(rounds_that_are_said_to_be_needed_are_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
