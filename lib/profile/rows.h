/* SPDX-License-Identifier: MIT */
/* Tables of functions, lines, files, modules, threads and processes. */
#ifndef CPROF_PROFILE_ROWS_H
#define CPROF_PROFILE_ROWS_H

#include "base/strbuf.h"
#include "profile/call_tree.h"

enum rows_by {
	ROWS_BY_FUNCTION,
	ROWS_BY_LINE,
	ROWS_BY_FILE,
	ROWS_BY_MODULE,
	ROWS_BY_THREAD,
	ROWS_BY_PROCESS,
	ROWS_BY_REGION,		/* see regions.h; rows_init() has none */
	ROWS_BY_COUNT
};

/* "function", "line", ... */
const char *rows_by_name(enum rows_by by);

/* The one with this name, or -1. */
int rows_by_find(const char *name);

/* How threads and processes are called: "worker [4712] of app". */
void rows_add_thread(struct strbuf *out, const struct profile *profile,
		     uint32_t id);
void rows_add_process(struct strbuf *out, const struct profile *profile,
		      uint32_t id);

/*
 * One row.  Strings are those of the profile, or of the rows' arena.
 * Recursive calls count once in the total.
 */
struct row {
	const char *name;
	const char *module;		/* path; NULL: none */
	const char *file;		/* NULL: not known */
	uint32_t line;			/* 0: not known */
	uint32_t key;			/* id of the function, location, ... */
	int state;			/* enum thread_state; -1: not split */
	uint64_t self_ns;
	uint64_t total_ns;
	uint64_t samples;		/* of its own */
	uint64_t total_samples;
};

VEC_DEFINE(row_vec, struct row);

struct rows {
	struct row_vec rows;		/* most self time first */
	uint64_t total_ns;
	uint64_t samples;
	struct arena arena;
};

/*
 * With WEIGH_OFF_CPU there is one row per reason.  Rows that do not fit
 * the module, function and file patterns of `spec` are left out.
 */
void rows_init(struct rows *rows, const struct profile *profile,
	       const struct filter *filter, const struct filter_spec *spec,
	       enum weight_clock clock, enum rows_by by);

/*
 * The same for functions and WEIGH_CPU, from weights that are there already
 * (not split by state; groups do not matter).
 */
void rows_of_functions(struct rows *rows, const struct profile *profile,
		       const struct filter_spec *spec,
		       const struct weights *weights);

void rows_release(struct rows *rows);

#endif
