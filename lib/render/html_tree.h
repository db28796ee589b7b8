/* SPDX-License-Identifier: MIT */
/* The call tree of a page: by line, small enough for a browser. */
#ifndef CPROF_RENDER_HTML_TREE_H
#define CPROF_RENDER_HTML_TREE_H

#include "profile/filter.h"
#include "profile/profile.h"

enum {
	HTML_CLOCKS = 3,	/* enum weight_clock */
	/* Locations of nodes that are none. */
	HTML_ROOT = UINT32_MAX,
	HTML_OTHER = UINT32_MAX - 1	/* what was pruned below its parent */
};

struct html_node {
	uint32_t parent;		/* < own index; the root's is 0 */
	uint32_t location;		/* id in the profile, or as above */
	uint64_t ns[HTML_CLOCKS];	/* with all below */
};

VEC_DEFINE(html_node_vec, struct html_node);

struct html_tree {
	struct html_node_vec nodes;	/* node 0 is the root */
	uint32_t *of_stack;		/* node by stack id */
	size_t pruned;			/* nodes that were merged away */
	uint64_t pruned_ns[HTML_CLOCKS];	/* self time of those */
};

/* What a sample weighs on each clock. */
struct html_weight {
	uint64_t ns[HTML_CLOCKS];
	uint64_t samples;
};

/* As struct weights counts it; false when the sample is filtered out. */
bool html_weigh(struct html_weight *weight, const struct profile *profile,
		const struct filter *filter, const struct sample *sample);

/*
 * All stacks merged.  Of more than `max_nodes` nodes, those that weigh less
 * than a share of the whole on every clock are merged into one "(other)"
 * below their caller; the share is 1/20000, or more when that is not
 * enough.  To be released.
 */
void html_tree_init(struct html_tree *tree, const struct profile *profile,
		    const struct filter *filter, size_t max_nodes);

void html_tree_release(struct html_tree *tree);

#endif
