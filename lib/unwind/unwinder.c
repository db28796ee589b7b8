/* SPDX-License-Identifier: MIT */
#include "unwind/unwinder.h"

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
