/* SPDX-License-Identifier: MIT */
#include "profile/call_tree.h"

#include "base/map64.h"
#include "base/mem.h"

#include <fnmatch.h>
#include <string.h>

enum {
	/* Longer cycles, and inverted paths, are left as they are. */
	CYCLE_MAX = 512,
	INVERT_DEPTH_MAX = 512
};

struct tree_maker {
	struct call_node_vec *nodes;
	struct map64 children;		/* parent << 32 | key: node */
	unsigned int flags;
	/* By function id: made at run time?  NULL: none is. */
	const uint8_t *made;
};

bool function_is_start(const struct function *function)
{
	static const char *const patterns[] = {
		"_start", "__libc_start_main*", "__libc_start_call_main",
		"__libc_start_main_impl", "call_main", "generic_start_main*",
		"clone3", "clone", "__clone", "__clone3", "start_thread",
		"_dl_start_user", "_dl_relocate_static_pie",
		"std::rt::lang_start*", "std::sys_common::backtrace::__rust*",
		"std::sys::backtrace::__rust_begin*",
		"core::ops::function::FnOnce::call_once*",
	};

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		if (fnmatch(patterns[i], function->name, 0) == 0)
			return true;
	}
	return false;
}

static uint32_t location_key(const struct profile *profile, enum call_key by,
			     uint32_t id)
{
	const struct location *location = profile_location(profile, id);

	switch (by) {
	case CALL_BY_LINE:
		return id;
	case CALL_BY_FILE:
		return MIN(location->file, profile->strings.count);
	case CALL_BY_MODULE:
		return profile->functions.items[location->function].module;
	default:
		return location->function;
	}
}

uint32_t *call_keys(const struct profile *profile, enum call_key by)
{
	const uint32_t count = profile->locations.count;
	uint32_t *keys = mem_calloc(count + 1, sizeof(*keys));

	for (uint32_t id = 0; id < count; id++)
		keys[id] = location_key(profile, by, id);
	return keys;
}

static uint32_t node_add(struct call_node_vec *nodes, uint32_t parent,
			 uint32_t key)
{
	const uint32_t id = nodes->count;
	struct call_node *node = call_node_vec_add(nodes);

	node->parent = parent;
	node->key = key;
	node->first_child = ID_NONE;
	node->next_sibling = ID_NONE;
	if (parent != ID_NONE) {
		node->next_sibling = nodes->items[parent].first_child;
		nodes->items[parent].first_child = id;
	}
	return id;
}

static bool is_made(const struct tree_maker *maker, uint32_t key)
{
	return maker->made && KEY_KIND(key) == KEY_CODE &&
	       maker->made[KEY_ID(key)];
}

/*
 * The nearest ancestor with this key, or ID_NONE.  An interpreter calls itself
 * for each function of its program, which is no recursion of that.
 */
static uint32_t ancestor_with(const struct tree_maker *maker, uint32_t from,
			      uint32_t key)
{
	const struct call_node *nodes = maker->nodes->items;
	const bool made = is_made(maker, key);

	for (unsigned int i = 0; i < CYCLE_MAX && from != ID_NONE; i++) {
		if (nodes[from].key == key)
			return from;
		if (!made && is_made(maker, nodes[from].key))
			return ID_NONE;
		from = nodes[from].parent;
	}
	return ID_NONE;
}

static uint32_t folded(struct tree_maker *maker, uint32_t parent, uint32_t key)
{
	uint32_t found = ID_NONE;

	if (maker->flags & TREE_FOLD_CYCLES)
		found = ancestor_with(maker, parent, key);
	else if (maker->flags & TREE_FOLD_SELF &&
		 maker->nodes->items[parent].key == key)
		found = parent;
	if (found != ID_NONE)
		maker->nodes->items[found].recursive = true;
	return found;
}

static uint32_t child(struct tree_maker *maker, uint32_t parent, uint32_t key)
{
	const uint64_t place = (uint64_t)parent << 32 | key;
	uint64_t found;
	uint32_t id;

	if (map64_get(&maker->children, place, &found))
		return found;
	id = folded(maker, parent, key);
	if (id == ID_NONE)
		id = node_add(maker->nodes, parent, key);
	map64_put(&maker->children, place, id);
	return id;
}

static void maker_start(struct tree_maker *maker, struct call_tree *tree,
			unsigned int flags)
{
	*tree = (struct call_tree){ .nodes = VEC_INIT };
	*maker = (struct tree_maker){
		.nodes = &tree->nodes,
		.children = MAP64_INIT,
		.flags = flags,
	};
	node_add(&tree->nodes, ID_NONE, KEY_MAKE(KEY_ROOT, 0));
}

static void add_weight(struct call_node *node, uint64_t ns, uint64_t samples)
{
	node->self_ns += ns;
	node->samples += samples;
}

static void sum_up(struct call_tree *tree)
{
	struct call_node *nodes = tree->nodes.items;

	for (size_t i = tree->nodes.count; i-- > 0;) {
		nodes[i].total_ns += nodes[i].self_ns + nodes[i].hidden_ns;
		nodes[i].total_samples += nodes[i].samples +
					  nodes[i].hidden_samples;
		if (nodes[i].parent == ID_NONE)
			continue;
		nodes[nodes[i].parent].total_ns += nodes[i].total_ns;
		nodes[nodes[i].parent].total_samples += nodes[i].total_samples;
	}
}

/* Where a stack ends in the tree. */
struct stack_place {
	uint32_t node;			/* plus 1; 0: not known yet */
	bool pruned;			/* it ends below that node */
};

/* Where stacks end; valid for one group. */
struct stack_places {
	const struct profile *profile;
	const uint32_t *keys;		/* by location id */
	const uint8_t *start;		/* by function id: start code? */
	const uint8_t *entry;		/* by stack id: see entry_stacks() */
	const struct key_set *prune;	/* NULL: nothing */
	size_t *pruned;			/* counts them */
	struct stack_place *places;	/* by stack id */
	struct u32_vec seen;		/* stacks whose place is set */
	struct u32_vec path;
};

static void stack_places_clear(struct stack_places *at)
{
	for (size_t i = 0; i < at->seen.count; i++)
		at->places[at->seen.items[i]].node = 0;
	at->seen.count = 0;
}

/* Go on from `place` by the frame of `stack`. */
static struct stack_place descend(struct tree_maker *maker,
				  const struct stack_places *at,
				  struct stack_place place, uint32_t stack,
				  bool skip_start)
{
	const struct profile *profile = at->profile;
	const struct profile_frame *frame =
		&profile->frames.items[profile->stacks.items[stack].frame];
	uint32_t last = ID_NONE;

	for (uint32_t i = frame->count; i-- > 0 && !place.pruned;) {
		uint32_t location = profile->chain.items[frame->first + i];
		uint32_t key = at->keys[location];

		if (skip_start && (at->start[key] || at->entry[stack]))
			continue;
		/* An alias that is inlined into its own name is no call. */
		if (key == last)
			continue;
		last = key;
		skip_start = false;
		place.pruned = at->prune && at->prune->members[key];
		*at->pruned += place.pruned;
		if (!place.pruned)
			place.node = child(maker, place.node - 1,
					   KEY_MAKE(KEY_CODE, key)) + 1;
	}
	return place;
}

/* The place where `stack` ends, below the node `top`. */
static struct stack_place place_of(struct tree_maker *maker,
				   struct stack_places *at, uint32_t top,
				   uint32_t stack)
{
	const struct stack *stacks = at->profile->stacks.items;
	const bool skip = maker->flags & TREE_SKIP_START;
	struct stack_place place = { .node = top + 1 };
	uint32_t s = stack;

	at->path.count = 0;
	for (; s != ID_NONE && !at->places[s].node; s = stacks[s].parent)
		u32_vec_push(&at->path, s);
	if (s != ID_NONE)
		place = at->places[s];
	while (at->path.count) {
		s = at->path.items[--at->path.count];
		place = descend(maker, at, place, s,
				skip && place.node == top + 1);
		at->places[s] = place;
		u32_vec_push(&at->seen, s);
	}
	/* Nothing but start code: then that is what it was. */
	if (place.node == top + 1 && !place.pruned)
		place = descend(maker, at, place, stack, false);
	return place;
}

static uint8_t *start_functions(const struct profile *profile)
{
	uint8_t *start = mem_alloc(profile->functions.count + 1);

	for (size_t i = 0; i < profile->functions.count; i++)
		start[i] = function_is_start(&profile->functions.items[i]);
	return start;
}

/* NULL when there are none. */
static uint8_t *made_functions(const struct profile *profile)
{
	uint8_t *made = NULL;

	for (size_t i = 0; i < profile->functions.count; i++) {
		const uint32_t module = profile->functions.items[i].module;

		if (profile->modules.items[module].module.kind != MODULE_JIT)
			continue;
		if (!made)
			made = mem_alloc(profile->functions.count);
		made[i] = 1;
	}
	return made;
}

/* The function that a frame physically belongs to. */
static const struct function *outer_function(const struct profile *profile,
					     uint32_t frame_id)
{
	const struct profile_frame *frame = &profile->frames.items[frame_id];
	const uint32_t last = frame->first + frame->count - 1;
	const struct location *location =
		profile_location(profile, profile->chain.items[last]);

	return &profile->functions.items[location->function];
}

/*
 * By stack id: is it an outermost frame that called __libc_start_main?
 * The _start of a stripped program has no name to be known by.
 */
static uint8_t *entry_stacks(const struct profile *profile)
{
	const struct stack *stacks = profile->stacks.items;
	uint8_t *entry = mem_alloc(profile->stacks.count + 1);

	for (size_t i = 0; i < profile->stacks.count; i++) {
		const uint32_t parent = stacks[i].parent;

		if (parent == ID_NONE || stacks[parent].parent != ID_NONE)
			continue;
		if (fnmatch("__libc_start_main*",
			    outer_function(profile, stacks[i].frame)->name,
			    0) == 0)
			entry[parent] = 1;
	}
	return entry;
}

static void add_cell(struct tree_maker *maker, const struct cell *cell,
		     struct stack_place place)
{
	uint32_t id = place.node - 1;
	struct call_node *node = &maker->nodes->items[id];

	if (place.pruned) {
		node->hidden_ns += cell->ns;
		node->hidden_samples += cell->samples;
		return;
	}
	if (maker->flags & TREE_REASONS && cell->state != STATE_RUNNING)
		id = child(maker, id, KEY_MAKE(KEY_REASON, cell->state));
	add_weight(&maker->nodes->items[id], cell->ns, cell->samples);
}

static void add_cells(struct tree_maker *maker, struct stack_places *at,
		      const struct weights *weights)
{
	uint32_t group = ID_NONE;
	uint32_t top = 0;

	for (size_t i = 0; i < weights->cells.count; i++) {
		const struct cell *cell = &weights->cells.items[i];

		if (maker->flags & TREE_GROUPS && cell->group != group) {
			group = cell->group;
			top = child(maker, 0, KEY_MAKE(KEY_GROUP, group));
			stack_places_clear(at);
		}
		add_cell(maker, cell, place_of(maker, at, top, cell->stack));
	}
}

void call_tree_init(struct call_tree *tree, const struct profile *profile,
		    const struct weights *weights, unsigned int flags,
		    const struct key_set *prune)
{
	uint32_t *keys = call_keys(profile, CALL_BY_FUNCTION);
	uint8_t *start = start_functions(profile);
	uint8_t *entry = entry_stacks(profile);
	uint8_t *made = made_functions(profile);
	struct stack_places at = {
		.profile = profile,
		.keys = keys,
		.start = start,
		.entry = entry,
		.prune = prune,
		.pruned = &tree->pruned,
		.places = mem_calloc(profile->stacks.count + 1,
				     sizeof(*at.places)),
		.seen = VEC_INIT,
		.path = VEC_INIT,
	};
	struct tree_maker maker;

	maker_start(&maker, tree, flags);
	maker.made = made;
	add_cells(&maker, &at, weights);
	sum_up(tree);
	map64_release(&maker.children);
	u32_vec_release(&at.seen);
	u32_vec_release(&at.path);
	free(at.places);
	free(made);
	free(entry);
	free(start);
	free(keys);
}

static bool is_code(const struct call_node *node)
{
	return KEY_KIND(node->key) == KEY_CODE;
}

/* Add the path from `node` to its outermost caller below the root. */
static void add_inverted(struct tree_maker *maker,
			 const struct call_node *nodes, uint32_t node,
			 uint64_t ns, uint64_t samples)
{
	uint32_t at = 0;

	for (unsigned int depth = 0; depth < INVERT_DEPTH_MAX &&
	     KEY_KIND(nodes[node].key) != KEY_ROOT; depth++) {
		at = child(maker, at, nodes[node].key);
		node = nodes[node].parent;
	}
	add_weight(&maker->nodes->items[at], ns, samples);
}

/*
 * Totals of an inverted tree are what passed through; the time itself was
 * spent in the first level, so that is where self time stands.
 */
static void inverted_self(struct call_tree *tree)
{
	struct call_node *nodes = tree->nodes.items;

	for (size_t i = 0; i < tree->nodes.count; i++) {
		bool first = nodes[i].parent == 0;

		nodes[i].self_ns = first ? nodes[i].total_ns : 0;
		nodes[i].samples = first ? nodes[i].total_samples : 0;
	}
}

/* Who calls a function says nothing about its self time. */
static void no_self(struct call_tree *tree)
{
	for (size_t i = 0; i < tree->nodes.count; i++)
		tree->nodes.items[i].self_ns = tree->nodes.items[i].samples = 0;
}

void call_tree_invert(struct call_tree *tree, const struct call_tree *from)
{
	struct tree_maker maker;

	maker_start(&maker, tree, TREE_FOLD_SELF);
	for (size_t i = 1; i < from->nodes.count; i++) {
		const struct call_node *node = &from->nodes.items[i];

		if (node->self_ns || node->samples)
			add_inverted(&maker, from->nodes.items, i,
				     node->self_ns, node->samples);
	}
	sum_up(tree);
	inverted_self(tree);
	map64_release(&maker.children);
}

static bool is_member(const struct key_set *keys, const struct call_node *node)
{
	return is_code(node) && KEY_ID(node->key) < keys->count &&
	       keys->members[KEY_ID(node->key)];
}

/* By node: is it, or is one above it, a member? */
static uint8_t *below_members(const struct call_tree *tree,
			      const struct key_set *keys)
{
	uint8_t *below = mem_alloc(tree->nodes.count + 1);

	for (size_t i = 1; i < tree->nodes.count; i++) {
		const struct call_node *node = &tree->nodes.items[i];

		below[i] = below[node->parent] || is_member(keys, node);
	}
	return below;
}

void call_tree_callers(struct call_tree *tree, const struct call_tree *from,
		       const struct key_set *keys)
{
	uint8_t *below = below_members(from, keys);
	struct tree_maker maker;

	maker_start(&maker, tree, TREE_FOLD_SELF);
	for (size_t i = 1; i < from->nodes.count; i++) {
		const struct call_node *node = &from->nodes.items[i];

		if (below[i] && !below[node->parent])
			add_inverted(&maker, from->nodes.items, i,
				     node->total_ns, node->total_samples);
	}
	sum_up(tree);
	no_self(tree);
	map64_release(&maker.children);
	free(below);
}

void call_tree_callees(struct call_tree *tree, const struct call_tree *from,
		       const struct key_set *keys)
{
	uint32_t *copy = mem_calloc(from->nodes.count + 1, sizeof(*copy));
	uint8_t *below = below_members(from, keys);
	struct tree_maker maker;

	maker_start(&maker, tree, TREE_FOLD_SELF);
	for (size_t i = 1; i < from->nodes.count; i++) {
		const struct call_node *node = &from->nodes.items[i];

		if (!below[i])
			continue;
		/* copy[] of a node outside is 0, the root. */
		copy[i] = child(&maker, copy[node->parent], node->key);
		maker.nodes->items[copy[i]].recursive |= node->recursive;
		add_weight(&maker.nodes->items[copy[i]], node->self_ns,
			   node->samples);
	}
	sum_up(tree);
	map64_release(&maker.children);
	free(copy);
	free(below);
}

void call_tree_release(struct call_tree *tree)
{
	call_node_vec_release(&tree->nodes);
}

uint32_t call_tree_next(const struct call_tree *tree, uint32_t top,
			uint32_t node)
{
	const struct call_node *nodes = tree->nodes.items;

	if (nodes[node].first_child != ID_NONE)
		return nodes[node].first_child;
	while (node != top && nodes[node].next_sibling == ID_NONE)
		node = nodes[node].parent;
	return node == top ? ID_NONE : nodes[node].next_sibling;
}

/* Heaviest first; equal ones in the order of their keys. */
static int compare_nodes(const void *a, const void *b, void *context)
{
	const struct call_node *nodes = context;
	const struct call_node *x = &nodes[*(const uint32_t *)a];
	const struct call_node *y = &nodes[*(const uint32_t *)b];

	if (x->total_ns != y->total_ns)
		return x->total_ns > y->total_ns ? -1 : 1;
	if (x->total_samples != y->total_samples)
		return x->total_samples > y->total_samples ? -1 : 1;
	return x->key < y->key ? -1 : x->key > y->key;
}

void call_tree_sort(struct call_tree *tree)
{
	struct call_node *nodes = tree->nodes.items;
	struct u32_vec order = VEC_INIT;

	for (size_t i = 0; i < tree->nodes.count; i++) {
		uint32_t id = nodes[i].first_child;

		order.count = 0;
		for (; id != ID_NONE; id = nodes[id].next_sibling)
			u32_vec_push(&order, id);
		if (order.count < 2)
			continue;
		qsort_r(order.items, order.count, sizeof(*order.items),
			compare_nodes, nodes);
		nodes[i].first_child = order.items[0];
		for (size_t j = 0; j < order.count; j++)
			nodes[order.items[j]].next_sibling =
				j + 1 < order.count ? order.items[j + 1] :
				ID_NONE;
	}
	u32_vec_release(&order);
}
