/* SPDX-License-Identifier: MIT */
/* Hashing of bytes and numbers.  Not for secrets. */
#ifndef CPROF_BASE_HASH_H
#define CPROF_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* Mixes all bits of `value` (the finaliser of MurmurHash3). */
static inline uint64_t hash_u64(uint64_t value)
{
	value ^= value >> 33;
	value *= UINT64_C(0xff51afd7ed558ccd);
	value ^= value >> 33;
	value *= UINT64_C(0xc4ceb9fe1a85ec53);
	value ^= value >> 33;
	return value;
}

/*
 * For tables, and for the session id of a file: not against somebody who
 * looks for collisions.
 */
uint64_t hash_bytes(const void *data, size_t len);

#endif
