/* SPDX-License-Identifier: MIT */
#include "render/html_pack.h"

#include "base/mem.h"
#include "base/sha256.h"

#include <stdlib.h>
#include <zlib.h>

enum {
	GZIP_WINDOW = 15 + 16,	/* the largest, with a gzip header */
	LEVEL = 8,
	MEMORY_LEVEL = 9
};

int html_pack(struct strbuf *out, const struct strbuf *data,
	      struct error *err)
{
	z_stream stream = { .next_in = (Bytef *)data->text };
	uint8_t *packed;
	size_t bound;

	if (data->len > UINT32_MAX / 2)
		return error_set(err, ERROR_UNSUPPORTED,
				 "too much for one page");
	if (deflateInit2(&stream, LEVEL, Z_DEFLATED, GZIP_WINDOW,
			 MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		return error_set(err, ERROR_SYSTEM, "cannot compress");
	bound = deflateBound(&stream, data->len);
	packed = mem_alloc(bound);
	stream.avail_in = data->len;
	stream.next_out = packed;
	stream.avail_out = bound;
	deflate(&stream, Z_FINISH);
	base64_add(out, packed, stream.total_out);
	deflateEnd(&stream);
	free(packed);
	return 0;
}
