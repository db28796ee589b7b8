/* SPDX-License-Identifier: MIT */
/* Is a profile good enough to decide something by it? */
#ifndef CPROF_PROFILE_QUALITY_H
#define CPROF_PROFILE_QUALITY_H

#include "profile/overview.h"

#include <stddef.h>

struct quality_flaw {
	const char *what;	/* "of the stacks are cut short" */
	double percent;
	double limit;		/* in percent; it is above */
	bool names_only;	/* spoils names and callers, not times */
};

enum {
	QUALITY_FLAWS_MAX = 16
};

/*
 * What is worse than its limit, into `flaws`.  Returns how many there are;
 * 0: the profile is good.
 */
size_t quality_flaws(const struct profile *profile,
		     const struct overview *overview,
		     struct quality_flaw flaws[QUALITY_FLAWS_MAX]);

#endif
