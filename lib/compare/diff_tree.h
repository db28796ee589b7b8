/* SPDX-License-Identifier: MIT */
/*
 * The call trees of two profiles as one: a node for each path of functions
 * that either of them has, with the weight that it has on both sides.
 */
#ifndef CPROF_COMPARE_DIFF_TREE_H
#define CPROF_COMPARE_DIFF_TREE_H

#include "compare/pairing.h"
#include "profile/call_tree.h"

enum {
	/* Symbols of nodes that are no function. */
	DIFF_ROOT = UINT32_MAX,
	DIFF_OTHER = UINT32_MAX - 1,	/* what was merged below its caller */
	/* Reasons of waits: DIFF_REASON minus the enum thread_state. */
	DIFF_REASON = UINT32_MAX - 2
};

_Static_assert(DIFF_REASON - STATE_COUNT > KEY_ID_MASK,
	       "pairs and the rest do not meet");

struct diff_node {
	uint32_t parent;		/* < own index; the root's is ID_NONE */
	uint32_t symbol;		/* index of a pair, or as above */
	uint64_t self_ns[SIDE_COUNT];	/* of all runs of the side */
	uint64_t total_ns[SIDE_COUNT];
};

VEC_DEFINE(diff_node_vec, struct diff_node);

struct diff_tree {
	struct diff_node_vec nodes;	/* node 0 is the root */
	size_t merged;			/* nodes that are in a DIFF_OTHER */
};

/*
 * Merge the trees of both sides, which were made with the same flags and
 * without groups; NULL: that side has nothing.  To be released.
 */
void diff_tree_init(struct diff_tree *tree, const struct pairing *pairing,
		    const struct call_tree *base, const struct call_tree *new);

/*
 * With more than `max_nodes` nodes, those that weigh less than a share of
 * the whole on both sides become one DIFF_OTHER below their caller.  The
 * share is 1/20000, or as much more as it takes, up to 1/32.
 */
void diff_tree_reduce(struct diff_tree *tree, size_t max_nodes);

void diff_tree_release(struct diff_tree *tree);

#endif
