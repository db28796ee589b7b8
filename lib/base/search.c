/* SPDX-License-Identifier: MIT */
#include "base/search.h"

#include <string.h>

size_t search_upto(const void *items, size_t count, size_t item_bytes,
		   uint64_t key)
{
	const char *bytes = items;
	size_t low = 0, high = count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		uint64_t start;

		memcpy(&start, bytes + middle * item_bytes, sizeof(start));
		if (start <= key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t search_from(const void *items, size_t count, size_t item_bytes,
		   uint64_t key)
{
	return key ? search_upto(items, count, item_bytes, key - 1) : 0;
}
