/* SPDX-License-Identifier: MIT */
#include "unwind/unwinder.h"

enum special_frame unwind_end_frame(enum unwind_end end)
{
	static const enum special_frame frames[] = {
		[UNWIND_NEEDS_REGISTER] = SPECIAL_TRUNCATED_REGISTER,
		[UNWIND_DEPTH] = SPECIAL_TRUNCATED_DEPTH,
		[UNWIND_NO_CFI] = SPECIAL_TRUNCATED_CFI,
		[UNWIND_MEMORY] = SPECIAL_TRUNCATED_MEMORY,
		[UNWIND_UNMAPPED] = SPECIAL_TRUNCATED_UNMAPPED,
	};

	return frames[end];
}

void unwind_result_release(struct unwind_result *result)
{
	frame_vec_release(&result->frames);
}

void unwinder_unwind(struct unwinder *unwinder, struct address_space *space,
		     const struct snapshot *snap,
		     struct unwind_result *result)
{
	unwinder->ops->unwind(unwinder, space, snap, result);
}

void unwinder_close(struct unwinder *unwinder)
{
	if (unwinder)
		unwinder->ops->close(unwinder);
}
