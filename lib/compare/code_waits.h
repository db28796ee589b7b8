/* SPDX-License-Identifier: MIT */
/* What rows of waiting are made by: a function, and what it waits for. */
#ifndef CPROF_COMPARE_CODE_WAITS_H
#define CPROF_COMPARE_CODE_WAITS_H

#include "compare/code_keys.h"
#include "compare/code_weights.h"

/*
 * Keys of the cells of `weights`, which are split by state.  The function is
 * the innermost one that is not of the C library: what does the waiting, for
 * whomever, is never the reason.  Without any other it is the innermost.
 * What does not fit `spec` has the key `count`.  To be released by
 * code_keys_release().
 */
void code_waits_init(struct code_keys *keys, const struct pairing *pairing,
		     const struct code_weights weights[SIDE_COUNT],
		     const struct filter_spec *spec);

#endif
