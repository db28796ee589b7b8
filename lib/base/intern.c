/* SPDX-License-Identifier: MIT */
#include "base/intern.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct intern_entry {
	const char *data;
	uint32_t len;
	uint32_t hash;
};

static void intern_rehash(struct intern *intern)
{
	uint32_t count = intern->slot_count ? intern->slot_count * 2 : 64;

	free(intern->slots);
	intern->slots = mem_calloc(count, sizeof(*intern->slots));
	intern->slot_count = count;
	for (uint32_t id = 0; id < intern->count; id++) {
		uint32_t slot = intern->entries[id].hash & (count - 1);

		while (intern->slots[slot])
			slot = (slot + 1) & (count - 1);
		intern->slots[slot] = id + 1;
	}
}

static uint32_t intern_append(struct intern *intern, const void *data,
			      size_t len, uint32_t hash)
{
	struct intern_entry *entry;

	if (intern->count == intern->capacity) {
		intern->capacity = intern->capacity ? intern->capacity * 2 : 64;
		intern->entries = mem_realloc(intern->entries,
					      intern->capacity,
					      sizeof(*intern->entries));
	}
	entry = &intern->entries[intern->count];
	entry->data = arena_strndup(&intern->arena, data, len);
	entry->len = len;
	entry->hash = hash;
	return intern->count++;
}

uint32_t intern_add(struct intern *intern, const void *data, size_t len,
		    bool *is_new)
{
	const uint32_t hash = hash_bytes(data, len);
	uint32_t slot;

	if (is_new)
		*is_new = false;
	if (intern->count * 4 >= intern->slot_count * 3)
		intern_rehash(intern);

	for (slot = hash & (intern->slot_count - 1); intern->slots[slot];
	     slot = (slot + 1) & (intern->slot_count - 1)) {
		uint32_t id = intern->slots[slot] - 1;
		const struct intern_entry *entry = &intern->entries[id];

		if (entry->hash == hash && entry->len == len &&
		    memcmp(entry->data, data, len) == 0)
			return id;
	}
	if (is_new)
		*is_new = true;
	intern->slots[slot] = intern->count + 1;
	return intern_append(intern, data, len, hash);
}

uint32_t intern_string(struct intern *intern, const char *text, bool *is_new)
{
	return intern_add(intern, text, strlen(text), is_new);
}

const char *intern_get(const struct intern *intern, uint32_t id, size_t *len)
{
	if (len)
		*len = intern->entries[id].len;
	return intern->entries[id].data;
}

void intern_release(struct intern *intern)
{
	arena_release(&intern->arena);
	free(intern->entries);
	free(intern->slots);
	*intern = (struct intern)INTERN_INIT;
}
