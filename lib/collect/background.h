/* SPDX-License-Identifier: MIT */
/* One thread that runs one look at a time. */
#ifndef CPROF_COLLECT_BACKGROUND_H
#define CPROF_COLLECT_BACKGROUND_H

#include "collect/collector.h"

struct background;

/* NULL when there cannot be a thread. */
struct background *background_new(void);

/*
 * Let `collector` look, with the lists of `look`, which are copied.  Only
 * when it is idle; until the job is taken back, the collector is its.
 */
void background_give(struct background *background,
		     struct collector *collector,
		     const struct collect_look *look);

/* Is no job given, or all taken back?  For who gives them. */
bool background_idle(const struct background *background);

/* Is the job of `collector` given, and not yet taken back? */
bool background_has(const struct background *background,
		    const struct collector *collector);

/*
 * The collector whose look is over, and what it found: valid until the
 * next job.  NULL when none is; waits until `deadline_ns` (monotonic; 0:
 * not at all) for the one that goes on.
 */
struct collector *background_take(struct background *background,
				  uint64_t deadline_ns,
				  struct collect_look **look);

/*
 * End the thread; false when it hangs: then it is left alone, and so must
 * be all collectors that it had.
 */
bool background_free(struct background *background);

#endif
