/* SPDX-License-Identifier: MIT */
/* Byte strings as small dense numbers: 0, 1, 2, ... in order of arrival. */
#ifndef CPROF_BASE_INTERN_H
#define CPROF_BASE_INTERN_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct intern_entry;

struct intern {
	struct arena arena;
	struct intern_entry *entries;	/* by id */
	uint32_t count;
	uint32_t capacity;
	uint32_t *slots;		/* id + 1, 0 is free */
	uint32_t slot_count;
};

#define INTERN_INIT { .entries = NULL }

/*
 * The id of the `len` bytes at `data`.  `*is_new` (may be NULL) tells
 * whether this call made it.
 */
uint32_t intern_add(struct intern *intern, const void *data, size_t len,
		    bool *is_new);

/* The same for a C string, without its NUL. */
uint32_t intern_string(struct intern *intern, const char *text, bool *is_new);

/* The bytes of `id`, with a NUL behind them; live as long as `intern`. */
const char *intern_get(const struct intern *intern, uint32_t id, size_t *len);

void intern_release(struct intern *intern);

#endif
