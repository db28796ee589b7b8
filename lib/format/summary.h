/* SPDX-License-Identifier: MIT */
/* Runs and totals: what a list of profiles shows without reading them. */
#ifndef CPROF_FORMAT_SUMMARY_H
#define CPROF_FORMAT_SUMMARY_H

#include "base/arena.h"
#include "format/reader.h"

struct profile_totals {
	uint64_t chunks;	/* before the SUMM chunk */
	uint64_t samples;
	uint64_t wall_ns;	/* sum of all samples' wall weights */
	uint64_t cpu_ns;	/* sum of all windows' CPU time */
	uint32_t runs;
	uint32_t processes;
	uint32_t threads;
	uint32_t modules;
	uint32_t frames;
	uint32_t stacks;
	uint32_t strings;
	uint32_t symbols;
};

struct summary_run {
	struct run_begin begin;	/* and what the program itself said */
	bool ended;		/* else `end` is all zero */
	struct run_end end;
};

/* All calls of regions of one name, in one run, that have ended. */
struct summary_region {
	uint32_t run;
	const char *name;
	uint64_t calls;
	uint64_t total_ns;	/* without calls inside one of the same name */
	uint64_t max_ns;
};

struct profile_summary {
	struct profile_totals totals;
	struct summary_run *runs;
	size_t run_count;	/* may be less than totals.runs */
	struct summary_region *regions;
	size_t region_count;
};

/*
 * Read the summary through the trailer, without scanning the file.
 * Returns 1 and fills `*out`, of which the rest lives in `arena`; 0 when
 * there is none (a partial file, or a damaged summary): scan with
 * profile_replay() then; -1 (ERROR_SYSTEM) when the file cannot be read.
 */
int profile_summary_read(struct profile_reader *reader, struct arena *arena,
			 struct profile_summary *out, struct error *err);

#endif
