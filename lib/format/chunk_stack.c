/* SPDX-License-Identifier: MIT */
#include "format/chunk_stack.h"

#include <inttypes.h>

enum {
	ITEM_MIN_BYTES = 2	/* both kinds: two columns */
};

static int read_head(struct byte_reader *in, uint32_t *first, uint64_t *count,
		     struct error *err)
{
	*first = read_uvarint32(in);
	*count = read_uvarint(in);
	if (*count > byte_reader_left(in) / ITEM_MIN_BYTES)
		return error_set(err, ERROR_FORMAT,
				 "%" PRIu64 " items cannot fit in %zu bytes",
				 *count, byte_reader_left(in));
	if (*count > ID_NONE - *first)
		return error_set(err, ERROR_FORMAT, "ids are too large");
	return 0;
}

/*
 * FRAM chunk, version 1: frames.
 *
 *	uvarint  id of the first frame; the others follow
 *	uvarint  number of frames
 *	column   for each frame:
 *	uvarint  module id
 *	column   for each frame:
 *	uvarint  address
 */
void frame_chunk_encode(struct byte_writer *out, uint32_t first,
			const struct frame *frames, size_t count)
{
	write_uvarint(out, first);
	write_uvarint(out, count);
	for (size_t i = 0; i < count; i++)
		write_uvarint(out, frames[i].module);
	for (size_t i = 0; i < count; i++)
		write_uvarint(out, frames[i].address);
}

int frame_chunk_decode(struct byte_reader *in, uint32_t *first,
		       struct frame_vec *out, struct error *err)
{
	uint64_t count;

	out->count = 0;
	if (read_head(in, first, &count, err))
		return -1;

	frame_vec_reserve(out, count);
	for (uint64_t i = 0; i < count; i++)
		out->items[i].module = read_uvarint32(in);
	for (uint64_t i = 0; i < count; i++)
		out->items[i].address = read_uvarint(in);
	if (byte_reader_finish(in, err))
		return -1;
	out->count = count;
	return 0;
}

/*
 * STAK chunk, version 1: stacks.  A stack is its outer part, which is a
 * stack with a smaller id, and one frame.
 *
 *	uvarint  id of the first stack; the others follow
 *	uvarint  number of stacks
 *	column   for each stack:
 *	uvarint  own id minus the id of the outer part; 0: there is none
 *	column   for each stack:
 *	uvarint  frame id
 */
void stack_chunk_encode(struct byte_writer *out, uint32_t first,
			const struct stack *stacks, size_t count)
{
	write_uvarint(out, first);
	write_uvarint(out, count);
	for (size_t i = 0; i < count; i++)
		write_uvarint(out, stacks[i].parent == ID_NONE ? 0 :
			      first + i - stacks[i].parent);
	for (size_t i = 0; i < count; i++)
		write_uvarint(out, stacks[i].frame);
}

int stack_chunk_decode(struct byte_reader *in, uint32_t *first,
		       struct stack_vec *out, struct error *err)
{
	uint64_t count;

	out->count = 0;
	if (read_head(in, first, &count, err))
		return -1;

	stack_vec_reserve(out, count);
	for (uint64_t i = 0; i < count; i++) {
		uint32_t above = read_uvarint32(in);

		if (above > *first + i)
			return error_set(err, ERROR_FORMAT,
					 "stack %" PRIu64 " has an outer "
					 "part before stack 0",
					 *first + i);
		out->items[i].parent = above ? *first + i - above : ID_NONE;
	}
	for (uint64_t i = 0; i < count; i++)
		out->items[i].frame = read_uvarint32(in);
	if (byte_reader_finish(in, err))
		return -1;
	out->count = count;
	return 0;
}
