/* SPDX-License-Identifier: MIT */
#include "symbol/debuginfod.h"

#include <stdlib.h>

bool debuginfod_possible(void)
{
	return true;
}

/* The variable is the only switch that libdw has. */
void debuginfod_permit(bool wanted)
{
	if (!wanted)
		unsetenv("DEBUGINFOD_URLS");
}
