/* SPDX-License-Identifier: MIT */
/*
 * A sampler that stands still may hold threads of the program.  Its end
 * lets them go at once, so one that does not answer is ended: when its
 * heart has not beaten for a while and somebody stands still because of it.
 */
#ifndef CPROF_RECORD_WATCHDOG_H
#define CPROF_RECORD_WATCHDOG_H

#include "trace/tracer_signs.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	WATCHDOG_EVERY_MS = 50	/* between two looks, at the most */
};

struct watchdog {
	uint64_t looked_ns;	/* monotonic: the last look */
	uint64_t beat_ns;	/* the beat that was seen then */
	uint64_t since_ns;	/* we have watched it since without a break */
	uint64_t tracer_run_ns;	/* its CPU time then */
};

/* Is there anybody to be watched? */
bool watchdog_needed(const struct tracer_signs *signs);

/*
 * Look at a sampler, a process of that id; `now_ns` is monotonic.  True when
 * its heart has stood still for too long, which does not harm anybody yet.
 */
bool watchdog_look(struct watchdog *dog, const struct tracer_signs *signs,
		   pid_t sampler, uint64_t now_ns);

/* A thread that stands still because of it, or 0. */
pid_t watchdog_find_held(const struct tracer_signs *signs);

#endif
