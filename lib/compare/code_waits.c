/* SPDX-License-Identifier: MIT */
#include "compare/code_waits.h"

#include "base/path.h"

#include <string.h>

struct wait_key {
	uint32_t pair;
	uint32_t state;
};

struct waiter {
	struct code_keys *keys;
	const struct pairing *pairing;
	const struct filter_spec *spec;
	struct intern known;		/* struct wait_key */
	struct u32_vec locations[SIDE_COUNT];	/* by key */
};

static bool is_c_library(const struct profile_module *module)
{
	static const char *const names[] = {
		"libc.so", "libc-2.", "libc.musl", "libpthread", "librt.so",
		"librt-2.", "ld-linux", "ld-musl", "[vdso]",
	};
	const char *name = path_base(module->module.path);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strncmp(name, names[i], strlen(names[i])) == 0)
			return true;
	}
	return false;
}

static uint32_t innermost(const struct profile *profile, uint32_t stack_id)
{
	const struct stack *stack = &profile->stacks.items[stack_id];

	return profile->chain.items[profile->frames.items[stack->frame].first];
}

/* The location that waits. */
static uint32_t waiting_location(const struct profile *profile, uint32_t stack)
{
	for (uint32_t id = stack; id != ID_NONE;
	     id = profile->stacks.items[id].parent) {
		const uint32_t inner = innermost(profile, id);
		const struct location *location =
			profile_location(profile, inner);
		const struct function *function =
			&profile->functions.items[location->function];

		if (!is_c_library(&profile->modules.items[function->module]))
			return inner;
	}
	return innermost(profile, stack);
}

static uint32_t key_of(struct waiter *waiter, int side,
		       const struct profile *profile, const struct cell *cell)
{
	const uint32_t id = waiting_location(profile, cell->stack);
	const struct location *location = profile_location(profile, id);
	const struct wait_key key = {
		.pair = waiter->pairing->of[side][location->function],
		.state = cell->state,
	};
	uint32_t at;
	bool is_new;

	if (!filter_spec_fits(waiter->spec, profile, location))
		return ID_NONE;
	at = intern_add(&waiter->known, &key, sizeof(key), &is_new);
	for (int i = 0; is_new && i < SIDE_COUNT; i++)
		u32_vec_push(&waiter->locations[i], ID_NONE);
	if (waiter->locations[side].items[at] == ID_NONE)
		waiter->locations[side].items[at] = id;
	return at;
}

static void find_side(struct waiter *waiter, int side,
		      const struct code_weights *weights)
{
	const struct cell_vec *cells = &weights->weights.cells;
	uint32_t *of = mem_calloc(cells->count + 1, sizeof(*of));

	for (size_t i = 0; i < cells->count; i++)
		of[i] = key_of(waiter, side, weights->profile,
			       &cells->items[i]);
	waiter->keys->of_cell[side] = of;
}

/* How many there are is known when both sides have been seen. */
static void finish_side(struct waiter *waiter, int side, size_t cells)
{
	struct code_keys *keys = waiter->keys;

	for (size_t i = 0; i < cells; i++) {
		if (keys->of_cell[side][i] == ID_NONE)
			keys->of_cell[side][i] = keys->count;
	}
	u32_vec_push(&waiter->locations[side], ID_NONE);
	keys->location[side] = waiter->locations[side].items;
}

void code_waits_init(struct code_keys *keys, const struct pairing *pairing,
		     const struct code_weights weights[SIDE_COUNT],
		     const struct filter_spec *spec)
{
	struct waiter waiter = {
		.keys = keys, .pairing = pairing, .spec = spec,
		.known = INTERN_INIT,
		.locations = { VEC_INIT, VEC_INIT },
	};

	*keys = (struct code_keys){ .by = ROWS_BY_FUNCTION };
	for (int side = 0; side < SIDE_COUNT; side++)
		find_side(&waiter, side, &weights[side]);
	keys->count = waiter.known.count;
	keys->states = mem_calloc(keys->count + 1, sizeof(*keys->states));
	for (uint32_t i = 0; i < keys->count; i++) {
		struct wait_key key;

		memcpy(&key, intern_get(&waiter.known, i, NULL), sizeof(key));
		keys->states[i] = key.state;
	}
	for (int side = 0; side < SIDE_COUNT; side++)
		finish_side(&waiter, side, weights[side].weights.cells.count);
	intern_release(&waiter.known);
}
