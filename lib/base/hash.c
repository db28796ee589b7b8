/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <string.h>

uint64_t hash_bytes(const void *data, size_t len)
{
	const unsigned char *bytes = data;
	uint64_t hash = hash_u64(len + 1);

	while (len >= 8) {
		uint64_t word;

		memcpy(&word, bytes, 8);
		hash = hash_u64(hash ^ word) + UINT64_C(0x9e3779b97f4a7c15);
		bytes += 8;
		len -= 8;
	}
	if (len) {
		uint64_t word = 0;

		memcpy(&word, bytes, len);
		hash = hash_u64(hash ^ word);
	}
	return hash;
}
