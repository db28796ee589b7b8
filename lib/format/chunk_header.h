/* SPDX-License-Identifier: MIT */
/* The bytes at the start of a file and at the start of each chunk. */
#ifndef CPROF_FORMAT_CHUNK_HEADER_H
#define CPROF_FORMAT_CHUNK_HEADER_H

#include "format/reader.h"

/* What a file begins with, and what a chunk begins with. */
extern const uint8_t profile_magic[8];
extern const uint8_t chunk_sync[8];

void profile_header_encode(struct byte_writer *out,
			   const struct profile_header *header);

/*
 * Decode the first `len` bytes of a file.  -1: ERROR_FORMAT when it is no
 * profile or the header is damaged, ERROR_UNSUPPORTED when it is too new.
 */
int profile_header_decode(const uint8_t *bytes, size_t len,
			  struct profile_header *out, struct error *err);

struct chunk_header {
	uint32_t type;
	uint8_t version;
	uint8_t flags;
	uint32_t sequence;
	uint64_t session;
	uint32_t stored_bytes;
	uint32_t raw_bytes;
	uint32_t payload_crc;	/* of the bytes as stored */
};

void chunk_header_encode(struct byte_writer *out,
			 const struct chunk_header *header);

/*
 * Decode CHUNK_HEADER_BYTES at `bytes`.  Returns NULL and fills `*out`, or
 * says what is wrong with them.
 */
const char *chunk_header_decode(const uint8_t *bytes,
				struct chunk_header *out);

/* Would a writer store `raw` bytes as `stored` compressed ones? */
bool chunk_ratio_allowed(size_t stored, size_t raw);

#endif
