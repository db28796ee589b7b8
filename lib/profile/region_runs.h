/* SPDX-License-Identifier: MIT */
/* What regions used, by run and name: what only the whole profile tells. */
#ifndef CPROF_PROFILE_REGION_RUNS_H
#define CPROF_PROFILE_REGION_RUNS_H

#include "profile/region_use.h"

struct region_run {
	uint32_t run;
	const char *name;
	/*
	 * CPU weights of the samples inside, with all that lies in it; a
	 * call inside of another of the same name counts once.
	 */
	uint64_t cpu_ns;
};

VEC_DEFINE(region_run_vec, struct region_run);

struct region_runs {
	struct region_run_vec rows;
	struct region_use_vec uses;	/* one for each row */
	struct u32_vec row_of;		/* by region id */
};

/* Strings are those of the profile.  To be released. */
void region_runs_init(struct region_runs *runs, const struct profile *profile);
void region_runs_release(struct region_runs *runs);

/* The index of the row, or -1. */
int64_t region_runs_find(const struct region_runs *runs, uint32_t run,
			 const char *name);

#endif
