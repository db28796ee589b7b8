/* SPDX-License-Identifier: MIT */
/* To be there when the tick comes, whoever has the CPU. */
#ifndef CPROF_RECORD_PRIORITY_H
#define CPROF_RECORD_PRIORITY_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Make the calling thread punctual, as far as it may: it runs before all
 * that are not real-time, else it asks for short slices.  What it starts
 * does not inherit the former.
 *
 * When it has worked for 50 ms without a pause, it is as all the others
 * again, until the next call.  Takes SIGXCPU for that.
 */
void priority_be_punctual(void);

/* struct sched_attr of linux/sched/types.h, which cannot be beside sched.h. */
struct priority {
	uint32_t size;
	uint32_t policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime;
	uint64_t deadline;
	uint64_t period;
};

/*
 * From now on the calling thread runs before all others, also those that are
 * punctual: for one that has to look whether they still live.  What it
 * starts would, too.  False, and nothing changed, where that is not allowed.
 */
bool priority_go_first(struct priority *before);

/* Is the calling thread's one that a fork resets?  `*own` is it then. */
bool priority_is_reset(struct priority *own);

/* The calling thread is again what one of these two found. */
void priority_restore(const struct priority *before);

#endif
