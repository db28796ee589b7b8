/* SPDX-License-Identifier: MIT */
/* The call trees of both sides of a comparison, joined. */
#ifndef CPROF_COMPARE_COMPARISON_TREE_H
#define CPROF_COMPARE_COMPARISON_TREE_H

#include "compare/comparison.h"
#include "compare/diff_tree.h"

/*
 * The tree of `comparison`, of CPU or wall time; `flags` are those of a call
 * tree.  Of wall time, what a thread waits for stands below the code.  Where
 * nothing was paired there is only the root.  To be released.
 */
void comparison_tree_init(struct diff_tree *tree,
			  const struct comparison *comparison,
			  enum weight_clock clock, unsigned int flags);

/* What the verdict speaks of: wall time, else CPU time. */
enum weight_clock comparison_clock(const struct comparison *comparison);

/* What one run of the side spends, of `ns` of all its profiled runs. */
double comparison_per_run(const struct comparison *comparison, int side,
			  uint64_t ns);

/* The name of a symbol of the tree; never empty, not escaped. */
void comparison_add_symbol(struct strbuf *out,
			   const struct comparison *comparison,
			   uint32_t symbol);

#endif
