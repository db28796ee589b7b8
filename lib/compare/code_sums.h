/* SPDX-License-Identifier: MIT */
/* Own time by key, over the runs of both sides: sums are all it takes. */
#ifndef CPROF_COMPARE_CODE_SUMS_H
#define CPROF_COMPARE_CODE_SUMS_H

#include "compare/code_keys.h"
#include "compare/code_weights.h"
#include "stat/t_test.h"

/* Of one key; amounts are nanoseconds of one run. */
struct code_sum {
	double sum[SIDE_COUNT];
	double squares[SIDE_COUNT];
	double pair_squares;		/* of differences within pairs */
	double inlined[SIDE_COUNT];	/* of the sum: from inlined copies */
	uint64_t total_ns[SIDE_COUNT];	/* with callees, all runs */
};

struct code_sums {
	struct code_sum *items;		/* by key */
	size_t count;
	size_t runs[SIDE_COUNT];
	bool paired;
};

void code_sums_init(struct code_sums *sums, const struct code_keys *keys,
		    const struct code_weights weights[SIDE_COUNT],
		    bool paired);
void code_sums_release(struct code_sums *sums);

/* Mean over the runs of a side. */
double code_sum_mean(const struct code_sums *sums, size_t key, int side);

/* The change of a key from run to run; df 0: one run a side. */
struct t_test code_sum_test(const struct code_sums *sums, size_t key);

#endif
