/* SPDX-License-Identifier: MIT */
/*
 * What sampling costs the program, measured while it runs, and how often
 * it may be sampled so that the cost stays within a budget.
 */
#ifndef CPROF_RECORD_BUDGET_H
#define CPROF_RECORD_BUDGET_H

#include "trace/tracer.h"

#include <stdbool.h>
#include <stdint.h>

struct budget {
	double allowed;			/* part of its CPU time; 0: all */
	uint64_t shortest_ns;		/* period at the rate asked for */
	double factor;			/* work lost / INTERRUPT-to-CONT time */
	double stop_ns;			/* work lost by a stop, smoothed */
	double cost_ns;			/* work lost so far */
};

/* One stop of a thread, to be compared with its next. */
struct stop_mark {
	bool valid;
	uint64_t seen_ns;
	struct task_account account;
};

/* `percent` of the program's CPU time; 0: no limit. */
void budget_init(struct budget *budget, double percent, uint32_t rate_hz);

/*
 * A thread that was on a CPU was stopped.  `mark` is of the thread: when it
 * ran without a break since its last stop, all time between the two that is
 * neither on a CPU nor waiting for one was spent in the first stop.
 * `waited_ns` of the time until this stop it waited for a CPU: that is the
 * machine's doing, not ours.
 */
void budget_count_stop(struct budget *budget, struct stop_mark *mark,
		       const struct stop *stop, uint64_t waited_ns);

/* The sampler's own CPU time, while no core was idle: taken from work. */
void budget_count_own(struct budget *budget, uint64_t cpu_ns);

/*
 * Time between two samples of a running thread, on average, when the
 * program has used `cpu_ns` of CPU time so far.  It begins with a credit,
 * so that a short run is sampled at the full rate.
 */
uint64_t budget_period_ns(const struct budget *budget, uint64_t cpu_ns);

#endif
