/* SPDX-License-Identifier: MIT */
/*
 * Names, and the tree of regions: added for good, by whoever comes first,
 * without a lock.
 */
#include "mark/mark.h"

#include <string.h>

static uint32_t hash_text(const char *text, size_t len)
{
	uint32_t hash = 2166136261u;	/* FNV-1a */

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)text[i]) * 16777619u;
	return hash ^ hash >> 15;
}

static int same_name(uint32_t id, const char *text, size_t len)
{
	const struct mark_name *name = &pool.names[id];

	return name->len == len && memcmp(name->text, text, len) == 0;
}

/* Not in the middle of a character of UTF-8. */
static size_t name_len(const char *text)
{
	size_t len = strnlen(text, MARK_NAME_BYTES - 1);

	if (len < MARK_NAME_BYTES - 1)
		return len;
	for (len--; len > 0 && ((uint8_t)text[len] & 0xc0) == 0x80;)
		len--;
	return len;
}

static COLD uint32_t add_name(const char *text, size_t len)
{
	const uint32_t id = 1 + __atomic_fetch_add(&pool.tables.names_used, 1,
						   __ATOMIC_RELAXED);

	if (id >= MARK_NAMES) {
		STORE(&pool.tables.names_used, MARK_NAMES - 1);
		__atomic_fetch_add(&pool.tables.names_lost, 1,
				   __ATOMIC_RELAXED);
		return 0;
	}
	memcpy(pool.names[id].text, text, len);
	__atomic_store_n(&pool.names[id].len, (uint8_t)len, __ATOMIC_RELEASE);
	return id;
}

/* Two may add the same one: the index decides, one entry stays unused. */
uint32_t mark_name_id(const char *text)
{
	const size_t len = text ? name_len(text) : 0;
	uint32_t at = hash_text(text, len), mine = 0;

	if (!len)
		return 0;
	for (;; at++) {
		uint16_t *entry = &pool.name_index[at % (MARK_NAMES * 2)];
		uint16_t id = __atomic_load_n(entry, __ATOMIC_ACQUIRE);

		if (!id) {
			if (!mine)
				mine = add_name(text, len);
			if (!mine || CLAIM(entry, &id, (uint16_t)mine))
				return mine;
		}
		if (same_name(id, text, len))
			return id;
	}
}

static COLD uint32_t add_node(uint32_t key)
{
	const uint32_t id = 1 + __atomic_fetch_add(&pool.tables.nodes_used, 1,
						   __ATOMIC_RELAXED);

	if (id >= MARK_NODES) {
		STORE(&pool.tables.nodes_used, MARK_NODES - 1);
		return MARK_NODE_OTHER;
	}
	__atomic_store_n(&pool.nodes[id], key, __ATOMIC_RELEASE);
	return id;
}

uint32_t mark_node_id(uint32_t parent, uint32_t name)
{
	const uint32_t key = parent << 16 | name;
	uint32_t at = (key ^ key >> 13) * 2654435761u >> 16, mine = 0;

	for (;; at++) {
		uint16_t *entry = &pool.node_index[at % (MARK_NODES * 2)];
		uint16_t id = __atomic_load_n(entry, __ATOMIC_ACQUIRE);

		if (!id) {
			if (!mine)
				mine = add_node(key);
			if (!mine || CLAIM(entry, &id, (uint16_t)mine))
				return mine;
		}
		if (LOAD(&pool.nodes[id]) == key)
			return id;
	}
}

uint32_t mark_recent_id(struct mark_slot *slot, const char *text)
{
	const uintptr_t key = (uintptr_t)text >> 1;
	const size_t at = (key ^ key >> 6) % MARK_RECENT;

	if (slot->recent[at].text == text && text) {
		const struct mark_name *name =
			&pool.names[slot->recent[at].name];

		if (strncmp(text, name->text, name->len) == 0 &&
		    !text[name->len])
			return slot->recent[at].name;
	}
	slot->recent[at].name = mark_name_id(text);
	slot->recent[at].text = slot->recent[at].name ? text : NULL;
	return slot->recent[at].name;
}
