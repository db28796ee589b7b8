/* SPDX-License-Identifier: MIT */
#include "model/run.h"

#include <stddef.h>

void losses_add(struct losses *sum, const struct losses *more)
{
	sum->samples_lost += more->samples_lost;
	sum->stacks_truncated += more->stacks_truncated;
	sum->stacks_unreadable += more->stacks_unreadable;
	sum->ticks_late += more->ticks_late;
	sum->ticks_missed += more->ticks_missed;
	sum->calls_restarted += more->calls_restarted;
	sum->threads_missed += more->threads_missed;
	sum->transfers_cut += more->transfers_cut;
}

const char *run_level_name(unsigned int level)
{
	static const char *const names[LEVEL_COUNT] = {
		[LEVEL_BASIC] = "basic",
		[LEVEL_STANDARD] = "standard",
		[LEVEL_DETAILED] = "detailed",
		[LEVEL_COMPREHENSIVE] = "comprehensive",
	};

	return level < LEVEL_COUNT ? names[level] : NULL;
}
