/* SPDX-License-Identifier: MIT */
#include "profile/key_totals.h"

#include "base/mem.h"

/*
 * A stack, what it and everything called from it weigh, and its place in
 * the walk: all in half a cache line, since stacks are visited at random.
 */
struct walk_stack {
	uint64_t ns;
	uint32_t samples;
	uint32_t parent;		/* ID_NONE: outermost */
	uint32_t frame;
	uint32_t first_child;		/* 0: none, else id + 1 */
	uint32_t next_sibling;
};

/* Some of the walk's keys: those of a frame, innermost first. */
struct frame_keys {
	uint32_t first;
	uint32_t count;
};

struct walk {
	const struct profile *profile;
	uint32_t *keys;			/* of profile.chain */
	struct frame_keys *frames;	/* by frame id */
	struct key_total *totals;	/* by key */
	uint32_t *on_path;		/* by key */
	struct walk_stack *stacks;	/* by stack id */
};

static const uint32_t *frame_keys(const struct walk *walk,
				  const struct walk_stack *stack,
				  uint32_t *count)
{
	const struct frame_keys *frame = &walk->frames[stack->frame];

	*count = frame->count;
	return &walk->keys[frame->first];
}

/* Frames are looked at once per stack, so they are kept small. */
static void start_frames(struct walk *walk, const uint32_t *key_of_location)
{
	const struct profile *profile = walk->profile;
	const struct u32_vec *chain = &profile->chain;

	walk->keys = mem_alloc((chain->count + 1) * sizeof(*walk->keys));
	for (size_t i = 0; i < chain->count; i++)
		walk->keys[i] = key_of_location[chain->items[i]];
	walk->frames = mem_alloc((profile->frames.count + 1) *
				 sizeof(*walk->frames));
	for (size_t i = 0; i < profile->frames.count; i++) {
		walk->frames[i].first = profile->frames.items[i].first;
		walk->frames[i].count = profile->frames.items[i].count;
	}
}

static void start_stacks(struct walk *walk)
{
	const struct stack_vec *from = &walk->profile->stacks;

	walk->stacks = mem_calloc(from->count + 1, sizeof(*walk->stacks));
	for (size_t i = 0; i < from->count; i++) {
		walk->stacks[i].parent = from->items[i].parent;
		walk->stacks[i].frame = from->items[i].frame;
	}
}

static void add_self(struct walk *walk, const struct cell *cell)
{
	struct walk_stack *stack = &walk->stacks[cell->stack];
	uint32_t count;
	const uint32_t *keys = frame_keys(walk, stack, &count);
	struct key_total *total = &walk->totals[keys[0]];

	total->self_ns += cell->ns;
	total->samples += cell->samples;
	stack->ns += cell->ns;
	stack->samples += cell->samples;
}

/*
 * Totals, and lists of the children that weigh anything.  Returns the
 * first outermost stack plus 1, or 0.
 */
static uint32_t link_stacks(struct walk *walk)
{
	uint32_t first = 0;

	for (size_t i = walk->profile->stacks.count; i-- > 0;) {
		struct walk_stack *stack = &walk->stacks[i];
		struct walk_stack *parent;

		if (!stack->ns && !stack->samples)
			continue;
		if (stack->parent == ID_NONE) {
			stack->next_sibling = first;
			first = i + 1;
			continue;
		}
		parent = &walk->stacks[stack->parent];
		stack->next_sibling = parent->first_child;
		parent->first_child = i + 1;
		parent->ns += stack->ns;
		parent->samples += stack->samples;
	}
	return first;
}

static void enter(struct walk *walk, const struct walk_stack *stack)
{
	uint32_t count;
	const uint32_t *keys = frame_keys(walk, stack, &count);

	for (uint32_t i = 0; i < count; i++) {
		struct key_total *total = &walk->totals[keys[i]];

		if (walk->on_path[keys[i]]++)
			continue;
		total->total_ns += stack->ns;
		total->total_samples += stack->samples;
	}
}

static void leave(struct walk *walk, const struct walk_stack *stack)
{
	uint32_t count;
	const uint32_t *keys = frame_keys(walk, stack, &count);

	for (uint32_t i = 0; i < count; i++)
		walk->on_path[keys[i]]--;
}

static void prefetch(const struct walk *walk, uint32_t next)
{
	if (next)
		__builtin_prefetch(&walk->stacks[next - 1]);
}

/* Depth first, without recursion: stacks know their parents. */
static void walk_stacks(struct walk *walk, uint32_t first)
{
	uint32_t next = first;

	while (next) {
		const struct walk_stack *stack = &walk->stacks[next - 1];

		/* Both are soon visited, and hardly ever in the cache. */
		prefetch(walk, stack->first_child);
		prefetch(walk, stack->next_sibling);
		enter(walk, stack);
		next = stack->first_child;
		while (!next) {
			leave(walk, stack);
			next = stack->next_sibling;
			if (stack->parent == ID_NONE)
				break;
			stack = &walk->stacks[stack->parent];
		}
	}
}

void key_totals_add(struct key_total *totals, size_t key_count,
		    const struct profile *profile, const uint32_t *keys,
		    const struct weights *weights, size_t from, size_t to)
{
	struct walk walk = {
		.profile = profile,
		.totals = totals,
		.on_path = mem_calloc(key_count, sizeof(uint32_t)),
	};

	start_frames(&walk, keys);
	start_stacks(&walk);
	for (size_t i = from; i < to; i++)
		add_self(&walk, &weights->cells.items[i]);
	walk_stacks(&walk, link_stacks(&walk));
	free(walk.stacks);
	free(walk.on_path);
	free(walk.frames);
	free(walk.keys);
}
