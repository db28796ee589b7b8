/* SPDX-License-Identifier: MIT */
/* SUMM, INDX and TAIL: what a finished file ends with. */
#ifndef CPROF_FORMAT_CHUNK_SUMMARY_H
#define CPROF_FORMAT_CHUNK_SUMMARY_H

#include "format/summary.h"

/* The encoded runs of a recording, for the SUMM chunk. */
struct summary_runs {
	struct byte_writer bytes;	/* of the runs that fit */
	size_t count;
	bool full;
};

/* Add one run; `end` is NULL when it did not end. */
void summary_runs_add(struct summary_runs *runs, uint32_t run,
		      const struct byte_writer *begin,
		      const struct run_end *end);

/* region_sums_encode() has to follow. */
void summary_chunk_encode(struct byte_writer *out,
			  const struct profile_totals *totals,
			  const struct summary_runs *runs);

/* Runs and their strings go into `arena`. */
int summary_chunk_decode(struct byte_reader *in, struct arena *arena,
			 struct profile_summary *out, struct error *err);

/* Where a chunk is, for the index. */
struct index_entry {
	uint32_t type;
	uint32_t bytes;		/* with its header */
};

VEC_DEFINE(index_vec, struct index_entry);

enum {
	/* Longer files have no index. */
	INDEX_ENTRIES_MAX = 100 * 1000
};

void index_chunk_encode(struct byte_writer *out,
			const struct index_vec *entries);
int index_chunk_decode(struct byte_reader *in, struct index_vec *out,
		       struct error *err);

struct profile_tail {
	uint64_t summary_offset;
	uint64_t index_offset;	/* 0: there is no index */
	uint64_t file_bytes;
};

enum { TAIL_PAYLOAD_BYTES = 24 };

void tail_chunk_encode(struct byte_writer *out,
		       const struct profile_tail *tail);
int tail_chunk_decode(struct byte_reader *in, struct profile_tail *out,
		      struct error *err);

#endif
