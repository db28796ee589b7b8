/* SPDX-License-Identifier: MIT */
/* The runs of both sides that can be set against each other. */
#ifndef CPROF_COMPARE_RUNS_H
#define CPROF_COMPARE_RUNS_H

#include "compare/pairing.h"

VEC_DEFINE(run_ref_vec, const struct profile_run *);

struct compared_runs {
	struct run_ref_vec sides[SIDE_COUNT];
	/*
	 * They were interleaved: item i of one side ran beside item i of the
	 * other, and items are in the order of time.
	 */
	bool paired;
};

/* Those of a kind.  The profiles must outlive it. */
void compared_runs_init(struct compared_runs *runs,
			const struct profile *base, const struct profile *new,
			enum run_kind kind);
void compared_runs_release(struct compared_runs *runs);

/* Do both sides have some? */
bool compared_runs_any(const struct compared_runs *runs);

/* How many runs of this kind there are, ended or not. */
size_t runs_of_kind(const struct profile *profile, enum run_kind kind);

/* From its start to its end, or to its last sample when the end is lost. */
uint64_t run_wall_ns(const struct profile_run *run);

#endif
