/* SPDX-License-Identifier: MIT */
#include "compare/diff_tree.h"

#include "base/map64.h"

#include <assert.h>

enum { FINEST_SHARE = 20000, COARSEST_SHARE = 32 };

struct joiner {
	struct diff_tree *tree;
	struct map64 children;		/* parent << 32 | symbol: node */
};

static void joiner_start(struct joiner *joiner, struct diff_tree *tree)
{
	*tree = (struct diff_tree){ .nodes = VEC_INIT };
	*joiner = (struct joiner){ .tree = tree, .children = MAP64_INIT };
	diff_node_vec_push(&tree->nodes, (struct diff_node){
		.parent = ID_NONE, .symbol = DIFF_ROOT });
}

static uint32_t child_of(struct joiner *joiner, uint32_t parent,
			 uint32_t symbol)
{
	const uint64_t place = (uint64_t)parent << 32 | symbol;
	uint64_t found = joiner->tree->nodes.count;

	if (map64_get(&joiner->children, place, &found))
		return found;
	map64_put(&joiner->children, place, found);
	diff_node_vec_push(&joiner->tree->nodes, (struct diff_node){
		.parent = parent, .symbol = symbol });
	return found;
}

static uint32_t symbol_of(const struct pairing *pairing, int side,
			  uint32_t key)
{
	assert(KEY_KIND(key) == KEY_CODE || KEY_KIND(key) == KEY_REASON);
	if (KEY_KIND(key) == KEY_REASON)
		return DIFF_REASON - KEY_ID(key);
	return pairing->of[side][KEY_ID(key)];
}

static void join_side(struct joiner *joiner, const struct pairing *pairing,
		      const struct call_tree *from, int side)
{
	uint32_t *place;

	if (!from)
		return;
	place = mem_calloc(from->nodes.count, sizeof(*place));
	for (size_t i = 0; i < from->nodes.count; i++) {
		const struct call_node *node = &from->nodes.items[i];
		struct diff_node *joint;

		if (i)
			place[i] = child_of(joiner, place[node->parent],
					    symbol_of(pairing, side,
						      node->key));
		joint = &joiner->tree->nodes.items[place[i]];
		joint->self_ns[side] += node->self_ns + node->hidden_ns;
	}
	free(place);
}

/* Totals from self times, from the leaves to the root. */
static void sum_up(struct diff_tree *tree)
{
	struct diff_node *nodes = tree->nodes.items;

	for (size_t i = tree->nodes.count; i-- > 0;) {
		for (int side = 0; side < SIDE_COUNT; side++) {
			nodes[i].total_ns[side] += nodes[i].self_ns[side];
			if (i)
				nodes[nodes[i].parent].total_ns[side] +=
					nodes[i].total_ns[side];
		}
	}
}

void diff_tree_init(struct diff_tree *tree, const struct pairing *pairing,
		    const struct call_tree *base, const struct call_tree *new)
{
	struct joiner joiner;

	joiner_start(&joiner, tree);
	join_side(&joiner, pairing, base, SIDE_BASE);
	join_side(&joiner, pairing, new, SIDE_NEW);
	sum_up(tree);
	map64_release(&joiner.children);
}

/* No node is heavier than its caller, so what is kept is a tree. */
static bool is_kept(const struct diff_tree *tree, size_t i,
		    unsigned int share)
{
	const struct diff_node *root = &tree->nodes.items[0];
	const struct diff_node *node = &tree->nodes.items[i];

	for (int side = 0; side < SIDE_COUNT; side++) {
		if (node->total_ns[side] &&
		    (unsigned __int128)node->total_ns[side] * share >=
		    root->total_ns[side])
			return true;
	}
	return i == 0;
}

/* A tree of the nodes that are kept, and one for the rest of each. */
static void keep_share(struct diff_tree *to, const struct diff_tree *from,
		       unsigned int share)
{
	uint32_t *place = mem_calloc(from->nodes.count, sizeof(*place));
	struct joiner joiner;

	joiner_start(&joiner, to);
	for (size_t i = 0; i < from->nodes.count; i++) {
		const struct diff_node *node = &from->nodes.items[i];
		const bool kept = is_kept(from, i, share);
		struct diff_node *copy;

		to->merged += !kept;
		if (i)
			place[i] = place[node->parent];
		if (i && (kept || to->nodes.items[place[i]].symbol !=
			  DIFF_OTHER))
			place[i] = child_of(&joiner, place[i], kept ?
					    node->symbol : DIFF_OTHER);
		copy = &to->nodes.items[place[i]];
		for (int side = 0; side < SIDE_COUNT; side++)
			copy->self_ns[side] += node->self_ns[side];
	}
	sum_up(to);
	map64_release(&joiner.children);
	free(place);
}

void diff_tree_reduce(struct diff_tree *tree, size_t max_nodes)
{
	unsigned int share = FINEST_SHARE;
	struct diff_tree reduced;

	if (tree->nodes.count <= max_nodes)
		return;
	keep_share(&reduced, tree, share);
	while (share > COARSEST_SHARE && reduced.nodes.count > max_nodes) {
		diff_tree_release(&reduced);
		share /= 2;
		keep_share(&reduced, tree, share);
	}
	diff_tree_release(tree);
	*tree = reduced;
}

void diff_tree_release(struct diff_tree *tree)
{
	diff_node_vec_release(&tree->nodes);
}
