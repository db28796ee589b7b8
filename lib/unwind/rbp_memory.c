/* SPDX-License-Identifier: MIT */
#include "unwind/unwinder.h"

#include "base/hash.h"
#include "base/map64.h"
#include "base/mem.h"

#include <stdlib.h>

enum {
	DISTANCES_MAX = 1 << 16,	/* more call sites are forgotten */
	DISTANCE_MAX = SNAPSHOT_STACK_MAX
};

struct rbp_memory {
	struct map64 distances;	/* call site -> rbp - sp */
	struct unwind_result scratch;
};

struct rbp_memory *rbp_memory_new(void)
{
	return mem_alloc(sizeof(struct rbp_memory));
}

void rbp_memory_free(struct rbp_memory *memory)
{
	if (!memory)
		return;
	map64_release(&memory->distances);
	unwind_result_release(&memory->scratch);
	free(memory);
}

/*
 * The call site: all frames up to the one that needs rbp.  Their sizes are
 * what lies between the sp and its value.
 */
static uint64_t call_site(const struct unwind_result *result)
{
	uint64_t hash = 0;
	size_t i;

	for (i = 0; i < result->frames.count; i++) {
		const struct frame *frame = &result->frames.items[i];

		hash = hash_u64(hash ^ frame->address) + frame->module;
	}
	return hash;
}

void rbp_memory_learn(struct rbp_memory *memory, struct unwinder *unwinder,
		      struct address_space *space,
		      const struct snapshot *snap)
{
	struct snapshot asleep = *snap;
	uint64_t distance = snap->regs[SNAP_RBP] - snap->regs[SNAP_RSP];

	if (!(snap->known & 1u << SNAP_RBP) || distance > DISTANCE_MAX)
		return;
	asleep.known = SNAPSHOT_SLEEPING_REGS;
	unwinder_unwind(unwinder, space, &asleep, &memory->scratch);
	if (memory->scratch.end != UNWIND_NEEDS_REGISTER)
		return;
	if (memory->distances.count >= DISTANCES_MAX)
		map64_clear(&memory->distances);
	map64_put(&memory->distances, call_site(&memory->scratch), distance);
}

bool unwinder_unwind_sleeping(struct unwinder *unwinder,
			      struct address_space *space,
			      const struct snapshot *snap,
			      struct rbp_memory *memory,
			      struct unwind_result *result)
{
	struct snapshot guess = *snap;
	uint64_t distance;

	unwinder_unwind(unwinder, space, snap, result);
	if (result->end != UNWIND_NEEDS_REGISTER)
		return result->end == UNWIND_COMPLETE;
	if (!map64_get(&memory->distances, call_site(result), &distance))
		return false;
	guess.regs[SNAP_RBP] = guess.regs[SNAP_RSP] + distance;
	guess.known |= 1u << SNAP_RBP;
	unwinder_unwind(unwinder, space, &guess, result);
	return result->end == UNWIND_COMPLETE;
}
