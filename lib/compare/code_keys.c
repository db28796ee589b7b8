/* SPDX-License-Identifier: MIT */
#include "compare/code_keys.h"

struct line_key {
	uint32_t pair;
	uint32_t line;
};

static uint32_t key_of(const struct pairing *pairing,
		       const struct profile *profile, int side,
		       const struct location *location, enum rows_by by,
		       struct intern *lines)
{
	const struct function *function =
		&profile->functions.items[location->function];
	struct line_key key = {
		.pair = pairing->of[side][location->function],
		.line = location->line - function->line,
	};

	switch (by) {
	case ROWS_BY_LINE:
		/* Code from another file, by a macro or #include. */
		if (!function->line || location->line < function->line)
			key.line = location->line;
		return intern_add(lines, &key, sizeof(key), NULL);
	case ROWS_BY_MODULE:
		return pairing->module_of[side][function->module];
	default:
		return key.pair;
	}
}

void code_keys_init(struct code_keys *keys, const struct pairing *pairing,
		    const struct profile *const profiles[SIDE_COUNT],
		    const struct filter_spec *spec, enum rows_by by)
{
	struct intern lines = INTERN_INIT;

	*keys = (struct code_keys){ .by = by };
	for (int side = 0; side < SIDE_COUNT; side++) {
		const uint32_t count = profiles[side]->locations.count;

		keys->of[side] = mem_calloc(count + 1, sizeof(uint32_t));
		for (uint32_t id = 0; id < count; id++)
			keys->of[side][id] =
				key_of(pairing, profiles[side], side,
				       profile_location(profiles[side], id),
				       by, &lines);
	}
	keys->count = by == ROWS_BY_LINE ? lines.count :
		      by == ROWS_BY_MODULE ? pairing->module_count :
		      pairing->pairs.count;
	intern_release(&lines);
	for (int side = 0; side < SIDE_COUNT; side++) {
		uint32_t *location = mem_calloc(keys->count + 1,
						sizeof(*location));

		for (size_t key = 0; key <= keys->count; key++)
			location[key] = ID_NONE;
		for (uint32_t id = 0; id < profiles[side]->locations.count;
		     id++) {
			uint32_t *key = &keys->of[side][id];

			if (!filter_spec_fits(spec, profiles[side],
					      profile_location(profiles[side],
							       id)))
				*key = keys->count;
			else if (location[*key] == ID_NONE)
				location[*key] = id;
		}
		keys->location[side] = location;
	}
}

void code_keys_release(struct code_keys *keys)
{
	for (int side = 0; side < SIDE_COUNT; side++) {
		free(keys->of[side]);
		free(keys->of_cell[side]);
		free(keys->location[side]);
	}
	free(keys->states);
}
