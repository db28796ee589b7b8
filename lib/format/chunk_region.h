/* SPDX-License-Identifier: MIT */
/* REGD, REGC, REGT, REGL, REGE and RUNN chunks: regions. */
#ifndef CPROF_FORMAT_CHUNK_REGION_H
#define CPROF_FORMAT_CHUNK_REGION_H

#include "format/chunk_string.h"
#include "model/region.h"

/*
 * Rows.  Decoders return false when a row cannot be read; chunk_finish()
 * tells why.  Strings belong to the table; ids are not checked.
 */
void region_encode(struct byte_writer *out, const struct region *region,
		   uint32_t name_id);
bool region_decode(struct byte_reader *in, struct string_table *strings,
		   struct region *out);

void region_total_encode(struct byte_writer *out,
			 const struct region_total *total);
bool region_total_decode(struct byte_reader *in, struct region_total *out);

void region_label_encode(struct byte_writer *out, uint32_t region,
			 uint32_t key_id, uint32_t value_id);
bool region_label_decode(struct byte_reader *in, struct string_table *strings,
			 struct region_label *out);

void region_losses_encode(struct byte_writer *out,
			  const struct region_losses *losses);
bool region_losses_decode(struct byte_reader *in, struct region_losses *out);

void run_note_encode(struct byte_writer *out, const struct run_note *note,
		     uint32_t key_id, uint32_t value_id);
bool run_note_decode(struct byte_reader *in, struct string_table *strings,
		     struct run_note *out);

VEC_DEFINE(region_window_vec, struct region_window);

/* As struct window_batch: `calls` of a window are set by ..._link(). */
struct region_batch {
	struct region_window_vec windows;
	struct region_call_vec calls;	/* of all windows, in order */
};

#define REGION_BATCH_INIT { .windows = VEC_INIT, .calls = VEC_INIT }

void region_batch_add(struct region_batch *batch,
		      const struct region_window *window);
void region_batch_clear(struct region_batch *batch);
void region_batch_release(struct region_batch *batch);

void region_chunk_encode(struct byte_writer *out,
			 const struct region_batch *batch);

/* Replace what is in `out`, linked; left empty on failure. */
int region_chunk_decode(struct byte_reader *in, struct region_batch *out,
			struct error *err);

#endif
