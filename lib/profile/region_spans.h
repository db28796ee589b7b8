/* SPDX-License-Identifier: MIT */
/*
 * When regions were open: the calls that the program told of, and for
 * functions that are regions by their samples, stretches of looks at a thread,
 * one after the other, that all found it in the function.
 */
#ifndef CPROF_PROFILE_REGION_SPANS_H
#define CPROF_PROFILE_REGION_SPANS_H

#include "profile/profile.h"

/*
 * `slack_ns` is 0 but for calls of REGION_FUNCTION regions.  These may have
 * begun so much later, and ended so much later: nobody looked in between.
 */
typedef void region_call_fn(void *context, const struct profile_call *call,
			    uint64_t slack_ns);

/*
 * All calls: those that were told in the order of the profile, then those of
 * functions, which of a thread are in the order of their ends; what lies in
 * another before it.
 */
void region_calls_visit(const struct profile *profile,
			region_call_fn *visit, void *context);

/* Time in which a row of regions was open. */
struct region_stretch {
	uint32_t row;
	uint32_t owner;		/* a run, or a process */
	uint32_t kind;		/* what the caller keeps apart */
	uint64_t start_ns;
	uint64_t end_ns;
	uint64_t slack_ns;
};

VEC_DEFINE(region_stretch_vec, struct region_stretch);

/*
 * Put those of one row, owner and kind that overlap together: what several
 * calls had at the same time, they had once.  Sorted by that, then by start.
 */
void region_stretches_merge(struct region_stretch_vec *stretches);

#endif
