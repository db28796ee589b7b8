/* SPDX-License-Identifier: MIT */
#include "render/gzip.h"

#include <assert.h>
#include <stdint.h>
#include <zlib.h>

enum {
	GZIP_HEADER = 16,	/* what zlib calls a gzip wrapper */
	MEMORY_LEVEL = 8,
	PIECE_BYTES = 1 << 16
};

static void add_piece(struct strbuf *out, z_stream *stream, int flush)
{
	char piece[4096];

	do {
		stream->next_out = (Bytef *)piece;
		stream->avail_out = sizeof(piece);
		deflate(stream, flush);
		strbuf_add_bytes(out, piece,
				 sizeof(piece) - stream->avail_out);
	} while (!stream->avail_out);
}

void gzip_add(struct strbuf *out, const void *data, size_t len)
{
	z_stream stream = { .zalloc = Z_NULL };
	int ready = deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
				 MAX_WBITS + GZIP_HEADER, MEMORY_LEVEL,
				 Z_DEFAULT_STRATEGY);

	/* It fails for want of memory only. */
	assert(ready == Z_OK);
	stream.next_in = (Bytef *)(uintptr_t)data;
	while (len > PIECE_BYTES) {
		stream.avail_in = PIECE_BYTES;
		add_piece(out, &stream, Z_NO_FLUSH);
		len -= PIECE_BYTES;
	}
	stream.avail_in = len;
	add_piece(out, &stream, Z_FINISH);
	deflateEnd(&stream);
}
