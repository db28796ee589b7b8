/* SPDX-License-Identifier: MIT */
/* FRAM and STAK chunks: columns of frames and stacks. */
#ifndef CPROF_FORMAT_CHUNK_STACK_H
#define CPROF_FORMAT_CHUNK_STACK_H

#include "base/bytes.h"
#include "base/vec.h"
#include "model/stack.h"


/* `first` is the id of items[0]. */
void frame_chunk_encode(struct byte_writer *out, uint32_t first,
			const struct frame *frames, size_t count);

/*
 * Decoders replace what is in `out`; on failure it is left empty.  Module
 * and frame ids are not checked; parents are less than their own id.
 */
int frame_chunk_decode(struct byte_reader *in, uint32_t *first,
		       struct frame_vec *out, struct error *err);

void stack_chunk_encode(struct byte_writer *out, uint32_t first,
			const struct stack *stacks, size_t count);
int stack_chunk_decode(struct byte_reader *in, uint32_t *first,
		       struct stack_vec *out, struct error *err);

#endif
