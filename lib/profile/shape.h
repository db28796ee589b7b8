/* SPDX-License-Identifier: MIT */
/*
 * Samples as pictures over time show them: what a thread was seen to do
 * fills its interval.  Weights are for sums; a short interval has as much
 * as a long one, and would show more cores in use than there are.  Time
 * between samples was seen by nobody: it fills as much as it weighs.
 */
#ifndef CPROF_PROFILE_SHAPE_H
#define CPROF_PROFILE_SHAPE_H

#include "profile/profile.h"

struct shapes {
	const struct profile *profile;
	double *cpu_part;	/* by thread: of its intervals on a CPU */
};

/* To be released. */
void shapes_init(struct shapes *shapes, const struct profile *profile);

void shapes_release(struct shapes *shapes);

/* How much is filled when `wall_ns` of the wall time were kept. */
uint64_t shape_length(const struct profile *profile,
		      const struct sample *sample, uint64_t wall_ns);

/*
 * A sample of which filter_sample() kept `wall_ns` and `cpu_ns`, with other
 * amounts: wall times are shape_length(), and the CPU times of a thread add
 * up to its CPU time.
 */
struct sample shape_of(const struct shapes *shapes,
		       const struct sample *sample, uint64_t wall_ns,
		       uint64_t cpu_ns);

#endif
