/* SPDX-License-Identifier: MIT */
#include "base/map64.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct map64_slot {
	uint64_t key;
	uint64_t value;
	bool used;
};

/* The slot of `key`, or the free one where it would go. */
static size_t map64_find(const struct map64 *map, uint64_t key)
{
	const size_t mask = map->slot_count - 1;
	size_t slot = hash_u64(key) & mask;

	while (map->slots[slot].used && map->slots[slot].key != key)
		slot = (slot + 1) & mask;
	return slot;
}

static void map64_grow(struct map64 *map)
{
	struct map64 bigger = MAP64_INIT;

	bigger.slot_count = map->slot_count ? map->slot_count * 2 : 64;
	bigger.slots = mem_calloc(bigger.slot_count, sizeof(*bigger.slots));
	for (size_t i = 0; i < map->slot_count; i++) {
		if (map->slots[i].used)
			map64_put(&bigger, map->slots[i].key,
				  map->slots[i].value);
	}
	free(map->slots);
	*map = bigger;
}

void map64_put(struct map64 *map, uint64_t key, uint64_t value)
{
	struct map64_slot *slot;

	if ((map->count + 1) * 4 > map->slot_count * 3)
		map64_grow(map);
	slot = &map->slots[map64_find(map, key)];
	if (!slot->used)
		map->count++;
	*slot = (struct map64_slot){ .key = key, .value = value, .used = true };
}

bool map64_get(const struct map64 *map, uint64_t key, uint64_t *value)
{
	const struct map64_slot *slot;

	if (!map->count)
		return false;
	slot = &map->slots[map64_find(map, key)];
	if (slot->used && value)
		*value = slot->value;
	return slot->used;
}

bool map64_remove(struct map64 *map, uint64_t key)
{
	const size_t mask = map->slot_count - 1;
	size_t hole, next;

	if (!map64_get(map, key, NULL))
		return false;
	hole = map64_find(map, key);
	map->slots[hole].used = false;
	map->count--;

	/* Entries behind the hole may have been pushed past it: put again. */
	for (next = (hole + 1) & mask; map->slots[next].used;
	     next = (next + 1) & mask) {
		struct map64_slot moved = map->slots[next];

		map->slots[next].used = false;
		map->slots[map64_find(map, moved.key)] = moved;
	}
	return true;
}

void map64_clear(struct map64 *map)
{
	if (map->slots)
		memset(map->slots, 0, map->slot_count * sizeof(*map->slots));
	map->count = 0;
}

void map64_release(struct map64 *map)
{
	free(map->slots);
	*map = (struct map64)MAP64_INIT;
}
