/* SPDX-License-Identifier: MIT */
/* The build that asks no server, whatever is wanted. */
#include "symbol/debuginfod.h"

#include <stdlib.h>

bool debuginfod_possible(void)
{
	return false;
}

void debuginfod_permit(bool wanted)
{
	unsetenv("DEBUGINFOD_URLS");
}

int debuginfod_fetch(const uint8_t *id, size_t len, struct error *err)
{
	return error_set(err, ERROR_UNSUPPORTED, "built without debuginfod");
}
