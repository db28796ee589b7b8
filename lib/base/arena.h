/* SPDX-License-Identifier: MIT */
/* Memory that is released all at once. */
#ifndef CPROF_BASE_ARENA_H
#define CPROF_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks;
	size_t used;		/* bytes of the newest block */
};

#define ARENA_INIT { .blocks = NULL }

/* Zeroed memory, aligned for any type; lives until arena_release(). */
void *arena_alloc(struct arena *arena, size_t bytes);

/* A copy of `len` bytes with a NUL behind them. */
char *arena_strndup(struct arena *arena, const char *text, size_t len);
char *arena_strdup(struct arena *arena, const char *text);

void arena_release(struct arena *arena);

#endif
