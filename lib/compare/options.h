/* SPDX-License-Identifier: MIT */
/* What a comparison is asked for. */
#ifndef CPROF_COMPARE_OPTIONS_H
#define CPROF_COMPARE_OPTIONS_H

#include "compare/pairing.h"
#include "profile/filter.h"

#include <stdbool.h>

/* What one run a side can tell, unless somebody knows better. */
#define SINGLE_RUN_PERCENT 25

struct compare_options {
	double threshold_percent;	/* a smaller change is none */
	double single_run_percent;	/* the same, with one run a side */
	double min_improvement_percent;	/* for "upgrade" */
	const char *metric;		/* that decides: "wall", ... */
	const char *region;		/* that decides; NULL: the run */
	const struct rename *renames;
	size_t rename_count;
	/* What part of the code is looked at; never NULL. */
	const struct filter_spec *spec;
	const struct filter *filters[SIDE_COUNT];
	bool force;
	bool advise_force;		/* there is a --force to advise */
	bool allow_inconclusive;
};

#endif
