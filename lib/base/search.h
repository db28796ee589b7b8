/* SPDX-License-Identifier: MIT */
/* Places in sorted arrays. */
#ifndef CPROF_BASE_SEARCH_H
#define CPROF_BASE_SEARCH_H

#include <stddef.h>
#include <stdint.h>

/*
 * An item of `item_bytes` bytes begins with a uint64_t, by which the items
 * are in ascending order.  How many of them are at or below `key`?
 */
size_t search_upto(const void *items, size_t count, size_t item_bytes,
		   uint64_t key);

/* The index of the first one at or above `key`; `count`: there is none. */
size_t search_from(const void *items, size_t count, size_t item_bytes,
		   uint64_t key);

#endif
