/* SPDX-License-Identifier: MIT */
#include "unwind/code_cache.h"

#include "base/hash.h"
#include "base/mem.h"
#include "unwind/process_files.h"
#include "unwind/way_out.h"

#include <stdlib.h>
#include <string.h>

enum {
	PLACES = 1024
};

struct place {
	uint64_t pc;		/* 0: none */
	uint8_t len;
	uint8_t code[WAY_OUT_BYTES];
};

struct code_cache {
	struct place places[PLACES];	/* direct-mapped */
};

struct code_cache *code_cache_new(void)
{
	return mem_alloc(sizeof(struct code_cache));
}

void code_cache_free(struct code_cache *cache)
{
	free(cache);
}

void code_cache_clear(struct code_cache *cache)
{
	memset(cache->places, 0, sizeof(cache->places));
}

size_t code_cache_read(struct code_cache *cache, pid_t pid, uint64_t pc,
		       const uint8_t **code)
{
	struct place *place = &cache->places[hash_u64(pc) % PLACES];

	if (place->pc != pc) {
		place->pc = pc;
		place->len = (uint8_t)process_memory_read(
			pid, pc, place->code, sizeof(place->code));
	}
	*code = place->code;
	return place->len;
}
