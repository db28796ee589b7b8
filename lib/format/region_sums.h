/* SPDX-License-Identifier: MIT */
/*
 * What a summary says of regions: sums by run and name, and what the program
 * said of its runs.  Collected while a file is written.
 */
#ifndef CPROF_FORMAT_REGION_SUMS_H
#define CPROF_FORMAT_REGION_SUMS_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/intern.h"
#include "format/summary.h"
#include "model/region.h"

struct region_place {
	uint32_t run;
	uint32_t parent;		/* region id, or ID_NONE */
	uint32_t name;			/* string id */
	bool is_scope;			/* not a moment */
	uint64_t calls;
	uint64_t total_ns;
	uint64_t max_ns;
};

VEC_DEFINE(region_place_vec, struct region_place);
VEC_DEFINE(run_id_vec, uint32_t);

struct region_sums {
	struct run_id_vec process_runs;	/* by process id */
	struct region_place_vec places;	/* by region id */
	struct byte_writer notes;
	uint32_t note_count;
};

void region_sums_process(struct region_sums *sums, uint32_t run);
void region_sums_region(struct region_sums *sums, const struct region *region,
			uint32_t name_id);
void region_sums_total(struct region_sums *sums,
		       const struct region_total *total);
void region_sums_note(struct region_sums *sums, const struct run_note *note);
void region_sums_release(struct region_sums *sums);

/* The end of the SUMM chunk. */
void region_sums_encode(struct byte_writer *out,
			const struct region_sums *sums,
			const struct intern *strings);

/*
 * Read it, if it is there, into `out->regions`, and put what the program
 * said into `out->runs`.  On failure `in` has failed.
 */
void region_sums_decode(struct byte_reader *in, struct arena *arena,
			struct profile_summary *out);

#endif
