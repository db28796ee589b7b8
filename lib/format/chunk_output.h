/* SPDX-License-Identifier: MIT */
/* Payloads into a file: numbered, compressed where it pays, summed. */
#ifndef CPROF_FORMAT_CHUNK_OUTPUT_H
#define CPROF_FORMAT_CHUNK_OUTPUT_H

#include "format/chunk_summary.h"
#include "format/partial_file.h"

struct chunk_output;

/* Writes the file header to `file`, which is borrowed. */
int chunk_output_open(struct chunk_output **out, struct partial_file *file,
		      const struct profile_header *header, struct error *err);

/*
 * Write one chunk; `flags` is CHUNK_CRITICAL or 0.  On failure the file
 * ends with the chunk before.
 */
int chunk_output_write(struct chunk_output *output, uint32_t type,
		       uint8_t flags, const struct byte_writer *payload,
		       struct error *err);

/* The chunks written so far. */
const struct index_vec *chunk_output_index(const struct chunk_output *output);

/* NULL is allowed. */
void chunk_output_close(struct chunk_output *output);

#endif
