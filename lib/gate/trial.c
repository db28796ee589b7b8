/* SPDX-License-Identifier: MIT */
#include "gate/trial.h"

#include "base/clock.h"
#include "stat/quantile.h"
#include "stat/rng.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

const char *trial_metric_name(enum trial_metric metric)
{
	static const char *const names[TRIAL_METRICS] = {
		"wall", "cpu", "user", "system", "memory"
	};

	return names[metric];
}

const char *trial_metric_text(enum trial_metric metric)
{
	static const char *const texts[TRIAL_METRICS] = {
		"wall time", "CPU time", "user time", "system time",
		"peak memory"
	};

	return texts[metric];
}

enum trial_metric trial_metric_find(const char *name)
{
	unsigned int metric = 0;

	while (metric < TRIAL_METRICS &&
	       strcmp(name, trial_metric_name(metric)) != 0)
		metric++;
	return metric;
}

uint64_t trial_metric_of(const struct plain_run *run,
			 enum trial_metric metric)
{
	switch (metric) {
	case TRIAL_WALL:
		return run->end_ns - run->start_ns;
	case TRIAL_CPU:
		return run->user_ns + run->system_ns;
	case TRIAL_USER:
		return run->user_ns;
	case TRIAL_SYSTEM:
		return run->system_ns;
	default:
		return run->peak_memory_bytes;
	}
}

static void add_errors(const struct runner_result *result, struct error *err)
{
	const size_t kept = strlen(result->errors);
	const struct error cause = *err;

	if (result->errors_bytes == kept)
		error_set(err, ERROR_TARGET, "%s; it said: %s", cause.text,
			  result->errors);
	else
		error_set(err, ERROR_TARGET, "%s; it said (the last %zu of %"
			  PRIu64 " bytes): %s", cause.text, kept,
			  result->errors_bytes, result->errors);
}

int trial_run_once(const struct trial_config *config, unsigned int arm,
		   struct plain_run *run, struct error *err)
{
	const bool is_new = arm == TRIAL_NEW;
	struct runner_result result;

	if (runner_run(config->runner, is_new, &result, err))
		return -1;
	*run = result.plain;
	if (runner_result_ok(&result) ||
	    (config->ignore_failure && !result.exec_errno &&
	     !result.prepare_status && !result.timed_out))
		return 0;
	runner_result_explain(&result, err);
	if (*result.errors && !result.prepare_status) {
		add_errors(&result, err);
	}
	return error_context(err, "the %s command", is_new ? "new" : "base");
}

/*
 * Positions of the arms in three rounds: each arm is once first, once in the
 * middle and once last, so that a steady drift falls on all alike.
 */
static void draw_order(struct rng *rng, size_t order[TRIAL_ARMS][TRIAL_ARMS])
{
	size_t arms[TRIAL_ARMS] = { 0, 1, 2 };
	size_t turns[TRIAL_ARMS] = { 0, 1, 2 };

	rng_shuffle(rng, arms, TRIAL_ARMS);
	rng_shuffle(rng, turns, TRIAL_ARMS);
	for (size_t round = 0; round < TRIAL_ARMS; round++) {
		for (size_t at = 0; at < TRIAL_ARMS; at++)
			order[round][at] = arms[(at + turns[round]) %
						TRIAL_ARMS];
	}
}

static int run_round(struct trial *trial, const struct trial_config *config,
		     const size_t *order, struct error *err)
{
	struct trial_round *round = trial_round_vec_add(&trial->rounds);

	for (uint32_t at = 0; at < TRIAL_ARMS; at++) {
		struct plain_run *run = &round->runs[order[at]];

		if (trial_run_once(config, order[at], run, err)) {
			trial->rounds.count--;
			return -1;
		}
	}
	return 0;
}

/* False: a value is not known, so that the metric cannot be judged. */
static bool round_of(struct decision_round *out, enum trial_metric metric,
		     const struct trial_round *round)
{
	double values[TRIAL_ARMS];

	for (size_t arm = 0; arm < TRIAL_ARMS; arm++) {
		values[arm] = trial_metric_of(&round->runs[arm], metric);
		if (values[arm] <= 0)
			return false;
	}
	*out = decision_round_of(values[TRIAL_BASE], values[TRIAL_CONTROL],
				 values[TRIAL_NEW]);
	return true;
}

double trial_spread(const struct trial *trial, enum trial_metric metric)
{
	const size_t count = trial->rounds.count;
	double *changes = mem_calloc(count + 1, sizeof(*changes));
	double spread = NAN;
	size_t known = 0;

	for (struct decision_round round; known < count; known++) {
		if (!round_of(&round, metric, &trial->rounds.items[known]))
			break;
		changes[known] = round.change;
	}
	if (known == count && count)
		spread = mad_of(changes, count);
	free(changes);
	return spread;
}

/* Count the last round; true: nothing is open any more. */
static bool count_metrics(struct trial *trial,
			  const struct trial_config *config)
{
	const struct trial_round *round =
		&trial->rounds.items[trial->rounds.count - 1];
	struct decision_round one;
	bool open = false;

	for (unsigned int i = 0; i < TRIAL_METRICS; i++) {
		struct decision *decision = &trial->decisions[i];

		if (!config->decides[i] || !trial->usable[i])
			continue;
		trial->usable[i] = round_of(&one, i, round);
		if (trial->usable[i])
			decision_add(decision, one);
		if (decision->verdict == DECISION_SLOWER)
			return true;
		open |= trial->usable[i] && decision->verdict == DECISION_OPEN;
	}
	return !open;
}

static int warm_up(const struct trial_config *config, struct error *err)
{
	struct plain_run run;

	for (uint32_t i = 0; i < config->warmup; i++) {
		if (trial_run_once(config, TRIAL_BASE, &run, err) ||
		    trial_run_once(config, TRIAL_NEW, &run, err))
			return -1;
	}
	return 0;
}

static int run_rounds(struct trial *trial, const struct trial_config *config,
		      struct error *err)
{
	const uint64_t start_ns = clock_monotonic_ns();
	struct rng rng = rng_of(config->seed);
	size_t order[TRIAL_ARMS][TRIAL_ARMS];

	for (size_t i = 0; i < config->max_rounds; i++) {
		if (i % TRIAL_ARMS == 0)
			draw_order(&rng, order);
		if (run_round(trial, config, order[i % TRIAL_ARMS], err))
			return -1;
		if (config->progress)
			config->progress(config->arg, i + 1,
					 config->max_rounds);
		if (count_metrics(trial, config))
			break;
		if (config->max_time_ns &&
		    clock_monotonic_ns() - start_ns >= config->max_time_ns) {
			trial->out_of_time = true;
			break;
		}
	}
	return 0;
}

int trial_run(struct trial *trial, const struct trial_config *config,
	      struct error *err)
{
	struct decision_rules rules = {
		.threshold = config->threshold,
		.max_rounds = config->max_rounds,
	};
	size_t deciding = 0;
	int ret;

	*trial = (struct trial){ .series = config->seed };
	for (size_t i = 0; i < TRIAL_METRICS; i++)
		deciding += config->decides[i];
	rules.alpha = config->alpha / MAX(deciding, (size_t)1);
	for (size_t i = 0; i < TRIAL_METRICS; i++) {
		trial->usable[i] = true;
		decision_init(&trial->decisions[i], &rules);
	}
	if (warm_up(config, err))
		return -1;
	machine_load_read(&trial->before);
	ret = run_rounds(trial, config, err);
	machine_load_read(&trial->after);
	for (size_t i = 0; ret == 0 && i < TRIAL_METRICS; i++) {
		if (config->decides[i] && trial->usable[i])
			decision_finish(&trial->decisions[i]);
	}
	return ret;
}

void trial_release(struct trial *trial)
{
	for (size_t i = 0; i < TRIAL_METRICS; i++)
		decision_release(&trial->decisions[i]);
	trial_round_vec_release(&trial->rounds);
}

enum decision_verdict trial_verdict(const struct trial *trial,
				    const struct trial_config *config)
{
	/* The first of these that any metric has. */
	static const enum decision_verdict worst[] = {
		DECISION_SLOWER, DECISION_UNFIT, DECISION_UNCONFIRMED,
		DECISION_UNDECIDED, DECISION_OPEN, DECISION_NOT_SLOWER,
	};

	for (size_t i = 0; i < ARRAY_SIZE(worst); i++) {
		for (unsigned int m = 0; m < TRIAL_METRICS; m++) {
			const struct decision *decision = &trial->decisions[m];

			if (!config->decides[m])
				continue;
			if (worst[i] == DECISION_UNDECIDED &&
			    !trial->usable[m])
				return DECISION_UNDECIDED;
			if (decision->verdict == worst[i])
				return worst[i] == DECISION_OPEN ?
					DECISION_UNDECIDED : worst[i];
		}
	}
	return DECISION_FASTER;
}
