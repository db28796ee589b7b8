/* SPDX-License-Identifier: MIT */
#include "format/chunk_output.h"

#include "base/crc32c.h"
#include "format/chunk_header.h"

#include <assert.h>
#include <zstd.h>

enum {
	/* Level 3 costs 20 ns a sample and saves 10 % over level 1. */
	ZSTD_LEVEL = 3,
	/* Less than that does not pay for the header of a zstd frame. */
	ZSTD_MIN_BYTES = 48
};

struct chunk_output {
	struct partial_file *file;
	uint64_t session;
	struct index_vec index;
	struct byte_writer bytes;	/* of the chunk being written */
	ZSTD_CCtx *zstd;
	uint8_t *compressed;
	size_t compressed_capacity;
};

int chunk_output_open(struct chunk_output **out, struct partial_file *file,
		      const struct profile_header *header, struct error *err)
{
	struct chunk_output *output = mem_alloc(sizeof(*output));

	*out = NULL;
	output->file = file;
	output->session = header->session;
	output->zstd = ZSTD_createCCtx();
	output->compressed_capacity = ZSTD_compressBound(CHUNK_RAW_MAX);
	output->compressed = mem_alloc(output->compressed_capacity);
	profile_header_encode(&output->bytes, header);
	if (partial_file_append(file, output->bytes.data, output->bytes.len,
				err)) {
		chunk_output_close(output);
		return -1;
	}
	*out = output;
	return 0;
}

/* The bytes of the payload as stored, compressed or as they are. */
static const uint8_t *pack(struct chunk_output *output,
			   const struct byte_writer *payload, size_t *len,
			   uint8_t *flags)
{
	size_t got;

	*len = payload->len;
	if (!output->zstd || payload->len < ZSTD_MIN_BYTES)
		return payload->data;
	got = ZSTD_compressCCtx(output->zstd, output->compressed,
				output->compressed_capacity, payload->data,
				payload->len, ZSTD_LEVEL);
	if (ZSTD_isError(got) || got >= payload->len ||
	    !chunk_ratio_allowed(got, payload->len))
		return payload->data;
	*flags |= CHUNK_ZSTD;
	*len = got;
	return output->compressed;
}

int chunk_output_write(struct chunk_output *output, uint32_t type,
		       uint8_t flags, const struct byte_writer *payload,
		       struct error *err)
{
	struct chunk_header header = {
		.type = type,
		.version = 1,
		.sequence = output->index.count,
		.session = output->session,
		.raw_bytes = payload->len,
	};
	const uint8_t *stored;
	size_t len;

	assert(payload->len <= CHUNK_RAW_MAX);
	/* The trailer is found by its size. */
	if (type == CHUNK_TAIL) {
		stored = payload->data;
		len = payload->len;
	} else {
		stored = pack(output, payload, &len, &flags);
	}
	header.flags = flags;
	header.stored_bytes = len;
	header.payload_crc = crc32c(0, stored, len);

	byte_writer_clear(&output->bytes);
	chunk_header_encode(&output->bytes, &header);
	write_bytes(&output->bytes, stored, len);
	if (partial_file_append(output->file, output->bytes.data,
				output->bytes.len, err))
		return -1;
	index_vec_push(&output->index, (struct index_entry){
		.type = type, .bytes = output->bytes.len });
	return 0;
}

const struct index_vec *chunk_output_index(const struct chunk_output *output)
{
	return &output->index;
}

void chunk_output_close(struct chunk_output *output)
{
	if (!output)
		return;
	ZSTD_freeCCtx(output->zstd);
	free(output->compressed);
	index_vec_release(&output->index);
	byte_writer_release(&output->bytes);
	free(output);
}
