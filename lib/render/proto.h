/* SPDX-License-Identifier: MIT */
/* Writing protocol buffers: the wire format, no more. */
#ifndef CPROF_RENDER_PROTO_H
#define CPROF_RENDER_PROTO_H

#include "base/bytes.h"

/*
 * Fields of a message.  What is 0 or empty is left out, as readers take
 * a missing field for that.
 */
void proto_u64(struct byte_writer *out, unsigned int field, uint64_t value);
void proto_i64(struct byte_writer *out, unsigned int field, int64_t value);

/* A string or a message; written also when it is empty. */
void proto_bytes(struct byte_writer *out, unsigned int field,
		 const void *data, size_t len);

/* A message that was written into `message`, which is emptied. */
void proto_message(struct byte_writer *out, unsigned int field,
		   struct byte_writer *message);

/* A packed list of numbers; nothing when there is none. */
void proto_packed(struct byte_writer *out, unsigned int field,
		  const uint64_t *values, size_t count);

#endif
