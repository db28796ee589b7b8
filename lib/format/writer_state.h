/* SPDX-License-Identifier: MIT */
/* What the parts of a writer share; for writer*.c only. */
#ifndef CPROF_FORMAT_WRITER_STATE_H
#define CPROF_FORMAT_WRITER_STATE_H

#include "format/chunk_output.h"
#include "format/chunk_region.h"
#include "format/chunk_stack.h"
#include "format/chunk_string.h"
#include "format/chunk_window.h"
#include "format/region_sums.h"
#include "format/summary.h"
#include "format/writer.h"

/* Rows that wait for their chunk. */
struct rows {
	struct byte_writer bytes;
	uint32_t count;
	uint32_t first;		/* id of the first, for definitions */
};

struct profile_writer {
	struct sample_sink sink;
	struct partial_file *file;
	struct chunk_output *output;
	struct error error;	/* the first failure */
	bool failed;

	struct profile_totals totals;
	struct intern strings;
	uint32_t strings_written;
	size_t pending_bytes;	/* about */

	struct rows processes;
	struct rows process_ends;
	struct rows threads;
	struct rows thread_ends;
	struct rows modules;
	struct rows symbols;
	struct rows metrics;
	struct rows collectors;
	struct metric_value_vec values;
	struct rows regions;
	struct rows region_totals;
	struct rows region_labels;
	struct rows region_losses;
	struct rows run_notes;
	struct region_batch region_calls;
	uint32_t last_symbol_frame;
	struct frame_vec frames;
	struct stack_vec stacks;
	struct window_batch windows;

	struct byte_writer run_begin;	/* of the run that goes on */
	bool run_open;
	struct summary_runs runs;
	struct region_sums region_sums;
	struct byte_writer payload;	/* scratch */
};

static inline struct profile_writer *
writer_of(const struct sample_sink *sink)
{
	return container_of(sink, struct profile_writer, sink);
}

/* Write the payload as a chunk. */
void writer_chunk(struct profile_writer *writer, uint32_t type,
		  uint8_t flags);

/* Write rows, if any.  Definitions say the id of the first row. */
void writer_flush_rows(struct profile_writer *writer, struct rows *rows,
		       uint32_t type, bool definitions);

/* A row was added to what was `before` bytes long. */
void writer_row_done(struct profile_writer *writer, struct rows *rows,
		     size_t before);

/* About so many bytes wait; they may be written now. */
void writer_pending(struct profile_writer *writer, size_t bytes);

/* writer_region.c */
void writer_region(struct sample_sink *sink, const struct region *region);
void writer_region_calls(struct sample_sink *sink,
			 const struct region_window *window);
void writer_region_total(struct sample_sink *sink,
			 const struct region_total *total);
void writer_region_losses(struct sample_sink *sink,
			  const struct region_losses *losses);
void writer_region_label(struct sample_sink *sink,
			 const struct region_label *label);
void writer_run_note(struct sample_sink *sink, const struct run_note *note);
void writer_flush_regions(struct profile_writer *writer);
void writer_release_regions(struct profile_writer *writer);

#endif
