/* SPDX-License-Identifier: MIT */
/*
 * Regions added up: a row for each place in the tree of names, of all
 * processes and runs together.
 */
#ifndef CPROF_PROFILE_REGIONS_H
#define CPROF_PROFILE_REGIONS_H

#include "profile/filter.h"
#include "profile/overview.h"
#include "profile/region_counters.h"
#include "profile/region_use.h"

struct region_row {
	const char *name;
	uint32_t parent;	/* row that it lies in, < own; or ID_NONE */
	uint32_t depth;
	uint8_t kind;		/* enum region_kind */
	bool shown;		/* false: only what lies in it was asked for */
	/* Times are exact: the program measured them. */
	uint64_t calls;
	uint64_t cut;		/* of those: cut by the end of the recording */
	uint64_t total_ns;
	uint64_t self_ns;	/* without the regions in it */
	uint64_t max_ns;
	uint64_t p50_ns, p95_ns, p99_ns;
	bool exact;		/* percentiles: from every call */
	/* These are sampled; with all that lies in it. */
	uint64_t samples;	/* on a CPU */
	uint64_t cpu_ns;
	uint64_t cpu_error_ns;	/* one standard error */
	uint64_t cpu_self_ns;	/* without the regions in it */
	uint64_t state_ns[STATE_COUNT];	/* wall time by state */
	struct region_use use;
};

/* "region", "mark", "sampled" */
const char *region_kind_name(uint8_t kind);

VEC_DEFINE(region_row_vec, struct region_row);

struct region_rows {
	/* In the order of the tree; the longest first below each other. */
	struct region_row_vec rows;
	struct u32_vec row_of;		/* by region id: its row */
	uint64_t run_ns;		/* wall time of the runs */
	uint64_t cpu_ns;		/* of all samples */
	struct region_losses losses;	/* of all processes */
	const struct pattern_vec *unread;	/* modules; of the profile */
	struct region_counters counters;
};

/*
 * The rows that fit the region patterns of `spec`, with what is around and
 * in them.  With filters of threads or time, calls that cprof did not see
 * one by one are missing.  To be released.
 */
void region_rows_init(struct region_rows *rows, const struct profile *profile,
		      const struct filter *filter,
		      const struct filter_spec *spec,
		      const struct overview *overview);

void region_rows_release(struct region_rows *rows);

#endif
