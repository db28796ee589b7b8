/* SPDX-License-Identifier: MIT */
/* What the stacks of each run weigh, on one side. */
#ifndef CPROF_COMPARE_CODE_WEIGHTS_H
#define CPROF_COMPARE_CODE_WEIGHTS_H

#include "compare/runs.h"
#include "profile/weights.h"

/* CPU time of one run, or time off the CPU. */
struct run_weight {
	size_t from;		/* its cells: [from, to) */
	size_t to;
	double total_ns;	/* of all cells; CPU time: the kernel's */
	/*
	 * So many samples of equal weight would be as good: the square of
	 * the sum over the sum of squares (Kish, Survey Sampling, 1965).
	 */
	double effective;
};

struct code_weights {
	const struct profile *profile;
	struct weights weights;		/* grouped by run */
	struct run_weight *runs;	/* in the order of the compared runs */
	size_t run_count;
	uint64_t samples;
};

/*
 * Of what `filter` keeps of the runs, by `clock`: by state, too, unless that
 * is CPU time.  To be released.
 */
void code_weights_init(struct code_weights *weights,
		       const struct profile *profile,
		       const struct filter *filter,
		       const struct run_ref_vec *runs,
		       enum weight_clock clock);
void code_weights_release(struct code_weights *weights);

#endif
