/* SPDX-License-Identifier: MIT */
/* Many runs in a few figures: by name, version and region. */
#ifndef CPROF_REGISTRY_TOTALS_H
#define CPROF_REGISTRY_TOTALS_H

#include "base/intern.h"
#include "registry/select.h"

VEC_DEFINE(double_vec, double);

struct spread {
	size_t count;
	double mean;
	double deviation;	/* standard deviation; 0 for a single one */
	double median;
	double min;
	double max;
};

/* Runs that can be compared with each other; the better ones come first. */
enum totals_kind {
	TOTALS_PLAIN,		/* without a profiler beside them */
	TOTALS_PROFILED,
	TOTALS_FAILED,		/* with an exit status that is not 0 */
	TOTALS_KINDS
};

/* "plain", "profiled", "failed" */
const char *totals_kind_name(enum totals_kind kind);

/*
 * Values of runs, in nanoseconds and bytes; of a region, all its calls in a
 * run together.
 */
struct totals_values {
	struct double_vec duration_ns;
	struct double_vec cpu_ns;	/* where it is known, likewise: */
	struct double_vec peak_bytes;
	struct double_vec calls;	/* of regions only */
};

struct totals_group {
	const char *name;		/* NULL: all names; of regions only */
	const char *version;		/* NULL: all versions together */
	const char *region;		/* NULL: whole runs */
	size_t profiles;
	struct totals_values values[TOTALS_KINDS];
	/* Filled at the end, from the first kind that has values. */
	enum totals_kind kind;
	struct spread duration_ns;
	struct spread cpu_ns;
	struct spread peak_bytes;
	struct spread calls;
	size_t failed;			/* runs */
	uint64_t last_realtime_ns;	/* when the latest one started */
};

VEC_DEFINE(totals_group_vec, struct totals_group);

/* What the summary of a file does not tell of a region in a run. */
struct region_figures {
	bool cpu_known;
	double cpu_ns;
	bool peak_known;
	double peak_bytes;		/* of the memory, during any call */
};

/* Fill `*out`, which is all zero. */
typedef void region_figures_fn(void *context,
			       const struct registry_entry *entry,
			       uint32_t run, const char *region,
			       struct region_figures *out);

struct totals_request {
	const struct registry_select *select;
	const char *region;		/* a pattern; NULL: all regions */
	region_figures_fn *figures;	/* or NULL */
	void *context;
};

struct registry_totals {
	/*
	 * By name, those of all names first; all versions together first,
	 * then each, 1.9 before 1.10; whole runs first, then their regions,
	 * those that take longer before others.
	 */
	struct totals_group_vec groups;
	struct intern keys;
};

/*
 * Add up the ended runs of all whole profiles that are asked for; texts are
 * borrowed from the registry.  To be released.
 */
void registry_totals_init(struct registry_totals *totals,
			  const struct registry *registry,
			  const struct totals_request *request);

void registry_totals_release(struct registry_totals *totals);

/* The same for the runs of one profile; to be released. */
void totals_group_init(struct totals_group *group,
		       const struct registry_entry *entry);
void totals_group_release(struct totals_group *group);

struct spread spread_of(const struct double_vec *values);

/* How long the run took, and its CPU time; 0 when it did not end. */
uint64_t summary_run_wall_ns(const struct summary_run *run);
uint64_t summary_run_cpu_ns(const struct summary_run *run);

/* Did it end with a status that is known, and not 0? */
bool summary_run_failed(const struct summary_run *run);

#endif
