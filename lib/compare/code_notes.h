/* SPDX-License-Identifier: MIT */
/* Why a function is there on one side only, and other peculiarities. */
#ifndef CPROF_COMPARE_CODE_NOTES_H
#define CPROF_COMPARE_CODE_NOTES_H

#include "compare/code_sums.h"
#include "compare/comparison.h"
#include "compare/options.h"

/*
 * Mark rows of functions: renamed, inlined, merged.  Rows lighter than
 * `floor_ns` in a run are left as they are.
 */
void code_notes_add(struct code_changes *functions,
		    const struct pairing *pairing,
		    const struct code_weights weights[SIDE_COUNT],
		    const struct code_sums *sums, double floor_ns,
		    const struct compare_options *options);

#endif
