/* SPDX-License-Identifier: MIT */
#include "render/html_tree.h"

#include "base/map64.h"
#include "base/mem.h"
#include "profile/weights.h"

enum { FINEST_SHARE = 20000, COARSEST_SHARE = 32 };

bool html_weigh(struct html_weight *weight, const struct profile *profile,
		const struct filter *filter, const struct sample *sample)
{
	const bool running = sample->state == STATE_RUNNING;
	uint64_t wall_ns, cpu_ns;

	if (!filter_sample(filter, profile, sample, &wall_ns, &cpu_ns))
		return false;
	weight->ns[WEIGH_WALL] = wall_ns;
	weight->ns[WEIGH_CPU] = sample_has_cpu(sample) ? cpu_ns : 0;
	weight->ns[WEIGH_OFF_CPU] = running ? 0 : wall_ns;
	weight->samples = !(profile->stack_flags.items[sample->stack] &
			    STACK_BETWEEN_SAMPLES);
	return true;
}

/* Stacks that samples end in, and all that those begin with. */
static uint8_t *used_stacks(const struct profile *profile,
			    const struct filter *filter)
{
	uint8_t *used = mem_alloc(profile->stacks.count + 1);
	struct html_weight weight;

	for (size_t i = 0; i < profile->samples.count; i++) {
		const struct sample *sample = &profile->samples.items[i];

		if (html_weigh(&weight, profile, filter, sample))
			used[sample->stack] = 1;
	}
	for (size_t i = profile->stacks.count; i-- > 0;) {
		const uint32_t parent = profile->stacks.items[i].parent;

		if (used[i] && parent != ID_NONE)
			used[parent] = 1;
	}
	return used;
}

static uint32_t child_of(struct html_tree *tree, struct map64 *children,
			 uint32_t parent, uint32_t location)
{
	const uint64_t key = (uint64_t)parent << 32 | location;
	uint64_t index = tree->nodes.count;

	if (map64_get(children, key, &index))
		return index;
	map64_put(children, key, index);
	html_node_vec_push(&tree->nodes, (struct html_node){
		.parent = parent, .location = location });
	return index;
}

static void merge_stacks(struct html_tree *tree, const struct profile *profile,
			 const uint8_t *used)
{
	struct map64 children = MAP64_INIT;

	for (size_t i = 0; i < profile->stacks.count; i++) {
		const struct stack *stack = &profile->stacks.items[i];
		const struct profile_frame *frame =
			&profile->frames.items[stack->frame];
		uint32_t node = 0;

		if (!used[i])
			continue;
		if (stack->parent != ID_NONE)
			node = tree->of_stack[stack->parent];
		for (uint32_t j = frame->count; j-- > 0;)
			node = child_of(tree, &children, node, profile->chain
					.items[frame->first + j]);
		tree->of_stack[i] = node;
	}
	map64_release(&children);
}

static void weigh_nodes(struct html_tree *tree, const struct profile *profile,
			const struct filter *filter)
{
	struct html_node *nodes = tree->nodes.items;
	struct html_weight weight;

	for (size_t i = 0; i < profile->samples.count; i++) {
		const struct sample *sample = &profile->samples.items[i];
		struct html_node *node = &nodes[tree->of_stack[sample->stack]];

		if (!html_weigh(&weight, profile, filter, sample))
			continue;
		for (int clock = 0; clock < HTML_CLOCKS; clock++)
			node->ns[clock] += weight.ns[clock];
	}
	for (size_t i = tree->nodes.count; i-- > 1;) {
		for (int clock = 0; clock < HTML_CLOCKS; clock++)
			nodes[nodes[i].parent].ns[clock] += nodes[i].ns[clock];
	}
}

/* A node is never heavier than its caller, so what is kept is a tree. */
static bool is_kept(const struct html_tree *tree, size_t i, unsigned int share)
{
	const struct html_node *root = &tree->nodes.items[0];
	const struct html_node *node = &tree->nodes.items[i];

	for (int clock = 0; clock < HTML_CLOCKS; clock++) {
		if (node->ns[clock] &&
		    (unsigned __int128)node->ns[clock] * share >=
		    root->ns[clock])
			return true;
	}
	return i == 0;
}

/* How many nodes there would be, those for the rest included. */
static size_t kept_nodes(const struct html_tree *tree, unsigned int share)
{
	const struct html_node *nodes = tree->nodes.items;
	uint8_t *has_other = mem_alloc(tree->nodes.count);
	size_t count = 0;

	for (size_t i = 0; i < tree->nodes.count; i++) {
		if (is_kept(tree, i, share)) {
			count++;
		} else if (!has_other[nodes[i].parent]) {
			has_other[nodes[i].parent] = 1;
			count += is_kept(tree, nodes[i].parent, share);
		}
	}
	free(has_other);
	return count;
}

struct pruner {
	const struct html_tree *from;
	struct html_node_vec nodes;
	uint32_t *place;	/* new index of every old node */
	uint32_t *other;	/* by new index: where its rest is, or 0 */
	unsigned int share;
};

static uint32_t add_node(struct pruner *pruner, const struct html_node *node,
			 uint32_t location)
{
	struct html_node moved = *node;

	moved.parent = pruner->place[node->parent];
	moved.location = location;
	html_node_vec_push(&pruner->nodes, moved);
	return pruner->nodes.count - 1;
}

static void place_pruned(struct pruner *pruner, const struct html_node *node)
{
	const uint32_t above = pruner->place[node->parent];
	uint32_t *other = &pruner->other[above];
	struct html_node *rest;

	if (!*other) {
		*other = add_node(pruner, node, HTML_OTHER);
		return;
	}
	rest = &pruner->nodes.items[*other];
	for (int clock = 0; clock < HTML_CLOCKS; clock++)
		rest->ns[clock] += node->ns[clock];
}

static void prune_one(struct pruner *pruner, struct html_tree *tree, size_t i)
{
	const struct html_node *node = &tree->nodes.items[i];
	const uint32_t above = pruner->place[node->parent];

	if (is_kept(tree, i, pruner->share)) {
		pruner->place[i] = add_node(pruner, node, node->location);
		return;
	}
	tree->pruned++;
	if (i && pruner->nodes.items[above].location == HTML_OTHER) {
		pruner->place[i] = above;
		return;
	}
	place_pruned(pruner, node);
	pruner->place[i] = pruner->other[above];
	for (int clock = 0; clock < HTML_CLOCKS; clock++)
		tree->pruned_ns[clock] += node->ns[clock];
}

static void prune(struct html_tree *tree, const struct profile *profile,
		  unsigned int share)
{
	struct pruner pruner = { .from = tree, .share = share };

	pruner.place = mem_calloc(tree->nodes.count, sizeof(*pruner.place));
	pruner.other = mem_calloc(2 * tree->nodes.count,
				  sizeof(*pruner.other));
	for (size_t i = 0; i < tree->nodes.count; i++)
		prune_one(&pruner, tree, i);
	for (size_t i = 0; i < profile->stacks.count; i++)
		tree->of_stack[i] = pruner.place[tree->of_stack[i]];
	html_node_vec_release(&tree->nodes);
	tree->nodes = pruner.nodes;
	free(pruner.place);
	free(pruner.other);
}

void html_tree_init(struct html_tree *tree, const struct profile *profile,
		    const struct filter *filter, size_t max_nodes)
{
	uint8_t *used = used_stacks(profile, filter);
	unsigned int share = FINEST_SHARE;

	*tree = (struct html_tree){ .pruned = 0 };
	tree->of_stack = mem_calloc(profile->stacks.count + 1,
				    sizeof(*tree->of_stack));
	html_node_vec_push(&tree->nodes, (struct html_node){
		.location = HTML_ROOT });
	merge_stacks(tree, profile, used);
	free(used);
	weigh_nodes(tree, profile, filter);
	if (tree->nodes.count <= max_nodes)
		return;
	while (share > COARSEST_SHARE && kept_nodes(tree, share) > max_nodes)
		share /= 2;
	prune(tree, profile, share);
}

void html_tree_release(struct html_tree *tree)
{
	html_node_vec_release(&tree->nodes);
	free(tree->of_stack);
}
