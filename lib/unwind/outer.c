/* SPDX-License-Identifier: MIT */
/* Both ends of a stack that is too large to be copied. */
#include "unwind/unwinder.h"

#include <string.h>

enum {
	SAME_FUNCTION = 16 * 1024	/* bytes between two of its calls */
};

/* What lies in the slot now; 0: it was not copied. */
static uint64_t pc_now(const struct snapshot *snap,
		       const struct outer_frame *outer)
{
	const uint64_t offset = outer->slot - snap->other_start;
	uint64_t pc;

	if (snap->other_bytes < sizeof(pc) ||
	    offset > snap->other_bytes - sizeof(pc))
		return 0;
	memcpy(&pc, snap->other + offset, sizeof(pc));
	return pc;
}

/*
 * The innermost function that did not return since may have made another
 * call: from its frame, of the same size, so that the slot is the same.
 */
static void add_other_call(struct unwind_result *result,
			   const struct snapshot *snap,
			   const struct outer_frame *outer)
{
	const uint64_t pc = pc_now(snap, outer);
	struct frame frame = outer->frame;

	if (pc - outer->pc + SAME_FUNCTION >= 2 * SAME_FUNCTION)
		return;
	frame.address += pc - outer->pc;
	frame_vec_push(&result->frames, frame);
}

bool unwind_add_outer(struct unwind_result *result,
		      const struct snapshot *snap,
		      const struct outer_frames *outer)
{
	size_t first = outer->count;

	if (result->end != UNWIND_DEPTH)
		return false;
	while (first && pc_now(snap, &outer->items[first - 1]) ==
			outer->items[first - 1].pc)
		first--;
	if (first == outer->count)
		return false;
	frame_vec_push(&result->frames,
		       (struct frame){ .address = SPECIAL_LEFT_OUT });
	if (first)
		add_other_call(result, snap, &outer->items[first - 1]);
	for (size_t i = first; i < outer->count; i++)
		frame_vec_push(&result->frames, outer->items[i].frame);
	return true;
}
