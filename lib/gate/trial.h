/* SPDX-License-Identifier: MIT */
/* The runs of a gate: rounds until every metric is decided. */
#ifndef CPROF_GATE_TRIAL_H
#define CPROF_GATE_TRIAL_H

#include "gate/decision.h"
#include "gate/runner.h"
#include "proc/machine_load.h"

enum { TRIAL_BASE, TRIAL_NEW, TRIAL_CONTROL, TRIAL_ARMS };

enum trial_metric {
	TRIAL_WALL, TRIAL_CPU, TRIAL_USER, TRIAL_SYSTEM, TRIAL_MEMORY,
	TRIAL_METRICS
};

/* "wall", "cpu", "user", "system", "memory". */
const char *trial_metric_name(enum trial_metric metric);

/* "wall time", "CPU time", ... */
const char *trial_metric_text(enum trial_metric metric);

/* The one of that name, or TRIAL_METRICS. */
enum trial_metric trial_metric_find(const char *name);

/* Nanoseconds, or bytes; 0: not known. */
uint64_t trial_metric_of(const struct plain_run *run,
			 enum trial_metric metric);

/* Base, new, and base once more. */
struct trial_round {
	struct plain_run runs[TRIAL_ARMS];
};

VEC_DEFINE(trial_round_vec, struct trial_round);

struct trial_config {
	struct runner *runner;	/* commands: 0 is base, 1 is new */
	bool decides[TRIAL_METRICS];
	double threshold;	/* ratio: 0.02 */
	double alpha;		/* of all metrics together */
	size_t max_rounds;
	uint64_t max_time_ns;	/* 0: no limit */
	uint32_t warmup;	/* runs of each command that do not count */
	bool ignore_failure;
	uint64_t seed;		/* of the order */
	/* A round has ended; the order of its runs.  May be NULL. */
	void (*progress)(void *arg, size_t rounds, size_t of);
	void *arg;
};

struct trial {
	struct trial_round_vec rounds;
	struct decision decisions[TRIAL_METRICS];
	bool usable[TRIAL_METRICS];	/* it was known in every run */
	bool out_of_time;
	uint64_t series;
	struct machine_load before;
	struct machine_load after;
};

/*
 * How much the change of a round spreads in any metric, whether it decides or
 * not: as decision_spread().  NAN: not known of every run.
 */
double trial_spread(const struct trial *trial, enum trial_metric metric);

/*
 * Run the command of an arm once.  -1: it failed (ERROR_TARGET), unless
 * failures are to be ignored, or could not be tried.
 */
int trial_run_once(const struct trial_config *config, unsigned int arm,
		   struct plain_run *run, struct error *err);

/*
 * Run rounds until all metrics that decide are decided, one is slower, or
 * rounds or time are used up.  Returns 0; -1 when a run failed (ERROR_TARGET,
 * unless failures are to be ignored) or could not be tried.
 * To be released in any case.
 */
int trial_run(struct trial *trial, const struct trial_config *config,
	      struct error *err);

void trial_release(struct trial *trial);

/*
 * What it comes to: SLOWER when one metric that decides is; else the worst
 * of UNFIT, UNCONFIRMED, UNDECIDED; else NOT_SLOWER or, when all are,
 * FASTER.
 */
enum decision_verdict trial_verdict(const struct trial *trial,
				    const struct trial_config *config);

#endif
