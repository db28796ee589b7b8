/* SPDX-License-Identifier: MIT */
/* A module with marks of its own; see marks_kept.c. */
#include <cprof.h>

#include <unistd.h>

#ifndef PLUGIN_NAME
#define PLUGIN_NAME "plugin"
#endif

void plugin_work(void);

void plugin_work(void)
{
	CPROF_REGION(PLUGIN_NAME);
	{
		CPROF_REGION("part");
		usleep(2000);
	}
}
