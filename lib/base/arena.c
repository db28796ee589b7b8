/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include "base/compiler.h"
#include "base/mem.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* Many arenas stay small: the first block is. */
	ARENA_FIRST_BYTES = 4 * 1024,
	ARENA_BLOCK_BYTES = 64 * 1024
};

struct arena_block {
	struct arena_block *next;
	size_t size;
	alignas(max_align_t) char data[];
};

void *arena_alloc(struct arena *arena, size_t bytes)
{
	const size_t align = alignof(max_align_t);
	struct arena_block *block = arena->blocks;
	void *start;

	bytes = (bytes + align - 1) / align * align;
	if (!block || bytes > block->size - arena->used) {
		size_t size = block ? ARENA_BLOCK_BYTES : ARENA_FIRST_BYTES;

		size = MAX(bytes, size);
		block = mem_alloc(sizeof(*block) + size);
		block->size = size;
		block->next = arena->blocks;
		arena->blocks = block;
		arena->used = 0;
	}
	start = block->data + arena->used;
	arena->used += bytes;
	return start;
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	if (len)
		memcpy(copy, text, len);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

void arena_release(struct arena *arena)
{
	struct arena_block *next;

	for (struct arena_block *b = arena->blocks; b; b = next) {
		next = b->next;
		free(b);
	}
	*arena = (struct arena)ARENA_INIT;
}
