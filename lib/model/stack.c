/* SPDX-License-Identifier: MIT */
#include "model/stack.h"

#include "base/compiler.h"

const char special_module_name[] = "[code not seen]";

static const char *const special_names[SPECIAL_COUNT] = {
	[SPECIAL_BETWEEN_SAMPLES] = "[too brief to be sampled]",
	[SPECIAL_NO_STACK] = "[stack not readable]",
	[SPECIAL_TRUNCATED_DEPTH] = "[truncated: too deep]",
	[SPECIAL_TRUNCATED_CFI] = "[truncated: no unwind information]",
	[SPECIAL_TRUNCATED_MEMORY] = "[truncated: stack not readable]",
	[SPECIAL_TRUNCATED_UNMAPPED] = "[truncated: return to unmapped code]",
	[SPECIAL_TRUNCATED_REGISTER] = "[truncated: register not known]",
	[SPECIAL_LOST] = "[lost: damaged file]",
	[SPECIAL_LEFT_OUT] = "[... frames left out]",
};

const char *special_frame_name(uint64_t special)
{
	return special < SPECIAL_COUNT ? special_names[special] :
		special_module_name;
}

int special_frame_truncated(uint64_t special)
{
	return special == SPECIAL_LEFT_OUT ||
		(special >= SPECIAL_TRUNCATED_DEPTH &&
		 special <= SPECIAL_TRUNCATED_REGISTER);
}
