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
	double sleep_ns;		/* CPU time that a sleep takes here */
	double stop_ns;			/* work lost by a stop, smoothed */
	double cost_ns;			/* work lost so far by sampling */
	double other_ns;		/* and by stops that nobody asked for */
	double window_cost_ns;		/* when the window began */
	double window_other_ns;
	uint64_t window_held_ns;	/* threads stood still, in this one */
	uint64_t window_near_ns;	/* our own time that was counted */
};

/* What went on in a second or so. */
struct budget_window {
	uint64_t elapsed_ns;
	uint64_t own_ns;	/* the sampler's own CPU time */
	uint64_t waited_ns;	/* the program's threads, for a CPU */
	bool idle_known;
	uint64_t idle_ns;	/* of all CPUs, while nobody used them */
	uint64_t own_idle_ns;	/* of those that the sampler may use */
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
 * A sleep of ours, the way into it and out of it, takes so much of a CPU: in
 * proportion to that are the parts of a stop which nobody can see.
 */
void budget_learn_sleep(struct budget *budget, uint64_t cpu_ns);

/*
 * A thread that was on a CPU was stopped.  `mark` is of the thread: when it
 * ran without a break since its last stop, all time between the two that is
 * neither on a CPU nor waiting for one was spent in the first stop.
 * `waited_ns` of the time until this stop it waited for a CPU: that is the
 * machine's doing, not ours.
 */
void budget_count_stop(struct budget *budget, struct stop_mark *mark,
		       const struct stop *stop, uint64_t waited_ns);

/*
 * So many stops of threads whose CPU we were on, since this was called last:
 * what they lost is the time that we had it.
 */
void budget_count_near(struct budget *budget, uint64_t stops, uint64_t own_ns);

/*
 * A stop, counted before, made the thread do so much again, with one more stop
 * at the begin of that.  (The one at its end nobody asked for: see below.)
 */
void budget_count_repeat(struct budget *budget, uint64_t lost_ns);

/* Remember a stop for the next one's sake; not counted. */
void budget_mark(struct stop_mark *mark, const struct stop *stop);

/*
 * So many stops of the program's own making: a thread or process that
 * starts, another program, a signal.  They cost as much as the others,
 * however often we sample: no part of the budget.
 */
void budget_count_others(struct budget *budget, uint64_t count);

/*
 * A window is over, another begins.  The sampler's own time is taken from
 * work where no core is idle that it may use.  No more can have been lost in
 * all than the time that nobody used, that we used and that threads were
 * held: of those that only queue for us, others run meanwhile.
 */
void budget_end_window(struct budget *budget,
		       const struct budget_window *window);

/* All that was lost until now. */
uint64_t budget_cost_ns(const struct budget *budget);

/*
 * Time between two samples of a running thread, on average, when the
 * program has used `cpu_ns` of CPU time so far.  A run loses no more than
 * 25 ms in all, or the percentage if that is more: most of the 25 ms in its
 * first moments, so that it has samples however short it is.
 */
uint64_t budget_period_ns(const struct budget *budget, uint64_t cpu_ns);

#endif
