/* SPDX-License-Identifier: MIT */
/* A hash table from 64-bit keys to 64-bit values. */
#ifndef CPROF_BASE_MAP64_H
#define CPROF_BASE_MAP64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map64_slot;

struct map64 {
	struct map64_slot *slots;
	size_t slot_count;
	size_t count;
};

#define MAP64_INIT { .slots = NULL }

/* Store; replaces an older value of the same key. */
void map64_put(struct map64 *map, uint64_t key, uint64_t value);

/* True and the value in `*value` (may be NULL) when the key is there. */
bool map64_get(const struct map64 *map, uint64_t key, uint64_t *value);

/* Forget the key; false when it was not there. */
bool map64_remove(struct map64 *map, uint64_t key);

void map64_clear(struct map64 *map);
void map64_release(struct map64 *map);

#endif
