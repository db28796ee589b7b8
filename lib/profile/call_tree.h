/* SPDX-License-Identifier: MIT */
/*
 * Stacks merged into trees.  A node is what its key says: a function (or
 * line, file, module), a group of processes, or the reason of a wait.
 * Inlined functions are nodes like any other.
 */
#ifndef CPROF_PROFILE_CALL_TREE_H
#define CPROF_PROFILE_CALL_TREE_H

#include "profile/weights.h"

/* What locations are merged by. */
enum call_key {
	CALL_BY_FUNCTION,	/* functions with the same name and module */
	CALL_BY_LINE,		/* locations */
	CALL_BY_FILE,		/* string ids; their count: not known */
	CALL_BY_MODULE,
};

/* A node's key: one of these kinds in the top bits, an id below. */
enum {
	KEY_SHIFT = 30,
	KEY_CODE = 0,		/* id depends on enum call_key */
	KEY_GROUP = 1,		/* id: group of struct weigh_request */
	KEY_REASON = 2,		/* id: enum thread_state */
	KEY_ROOT = 3,
	KEY_ID_MASK = (1 << KEY_SHIFT) - 1
};

#define KEY_MAKE(kind, id) ((uint32_t)(kind) << KEY_SHIFT | (uint32_t)(id))
#define KEY_KIND(key) ((key) >> KEY_SHIFT)
#define KEY_ID(key) ((key) & KEY_ID_MASK)

struct call_node {
	uint32_t parent;		/* < own index; ID_NONE: the root */
	uint32_t key;
	uint32_t first_child;		/* ID_NONE: no children */
	uint32_t next_sibling;
	uint64_t self_ns;
	uint64_t total_ns;
	uint64_t samples;		/* with this node at the end */
	uint64_t total_samples;		/* with it anywhere */
	/* Of callees that were pruned; part of the total. */
	uint64_t hidden_ns;
	uint64_t hidden_samples;
	bool recursive;			/* deeper calls were folded into it */
};

VEC_DEFINE(call_node_vec, struct call_node);

/* Node 0 is the root, whose total is the total of all. */
struct call_tree {
	struct call_node_vec nodes;
	size_t pruned;			/* calls that were left out */
};

enum {
	/* Start code (_start, clone3, ...) is left out above main. */
	TREE_SKIP_START = 1,
	/*
	 * Cycles are cut out of every path: main f g f h becomes main f h,
	 * with f marked as recursive.  Without it, every call is a node.
	 * Where code made at run time is on the way, only a cycle of such code
	 * is one: else an interpreter's loop would swallow its program.
	 */
	TREE_FOLD_CYCLES = 2,
	/* Calls of a function by itself are one node; totals stay right. */
	TREE_FOLD_SELF = 4,
	/* The groups of the weights are the first level. */
	TREE_GROUPS = 8,
	/* Below the code stands what it waits for. */
	TREE_REASONS = 16,
};

/* By key id: is it asked for?  `count` ids. */
struct key_set {
	const uint8_t *members;
	size_t count;
};

/*
 * Top-down tree of `weights`.  Calls of functions in `prune` (may be NULL)
 * are left out with all below them, and counted: a node weighs no more than
 * its function in total, so those below a limit need no nodes, which is
 * most of the work.  To be released.
 */
void call_tree_init(struct call_tree *tree, const struct profile *profile,
		    const struct weights *weights, unsigned int flags,
		    const struct key_set *prune);

/*
 * The callers of what is hot: below the root stand the keys with self
 * time, below them who called them.  Built from a top-down tree.
 */
void call_tree_invert(struct call_tree *tree, const struct call_tree *from);

/* As above, but starting at `keys`, with their total time; no self times. */
void call_tree_callers(struct call_tree *tree, const struct call_tree *from,
		       const struct key_set *keys);

/* The trees below all outermost calls of `keys`, merged. */
void call_tree_callees(struct call_tree *tree, const struct call_tree *from,
		       const struct key_set *keys);

void call_tree_release(struct call_tree *tree);

/* Put the children of every node in order, the heaviest first. */
void call_tree_sort(struct call_tree *tree);

/*
 * The node after `node` in depth-first order below `top`, or ID_NONE.
 * Start with `top` itself.
 */
uint32_t call_tree_next(const struct call_tree *tree, uint32_t top,
			uint32_t node);

/* The key id of every location, by location id; the caller free()s it. */
uint32_t *call_keys(const struct profile *profile, enum call_key by);

/* Is it one of the functions that run before main or a thread's start? */
bool function_is_start(const struct function *function);

#endif
