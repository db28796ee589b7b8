/* SPDX-License-Identifier: MIT */
#include "format/chunk_header.h"

#include "base/crc32c.h"

#include <string.h>

/*
 * As in PNG: the first byte stops those who take it for text, the line
 * ends show what a transfer in text mode did to it.
 */
const uint8_t profile_magic[8] = {
	0x89, 'C', 'P', 'R', 'O', 'F', '\r', '\n'
};

/* Neither text nor a sequence of small varints. */
const uint8_t chunk_sync[8] = {
	0xf5, 0xc1, 0x9c, 0xff, 0x0a, 0xc0, 0xde, 0xfe
};

/*
 * File header, 32 bytes.  Every major version keeps this layout.
 *
 *	8 bytes  89 43 50 52 4f 46 0d 0a
 *	u16le    major version
 *	u16le    minor version
 *	u64le    session id, the same in every chunk of the file
 *	u64le    start of the recording, ns since the Unix epoch
 *	u32le    CRC32C of the 28 bytes before
 */
void profile_header_encode(struct byte_writer *out,
			   const struct profile_header *header)
{
	size_t start = out->len;

	write_bytes(out, profile_magic, sizeof(profile_magic));
	write_u16le(out, header->major);
	write_u16le(out, header->minor);
	write_u64le(out, header->session);
	write_u64le(out, header->start_realtime_ns);
	write_u32le(out, crc32c(0, out->data + start, out->len - start));
}

int profile_header_decode(const uint8_t *bytes, size_t len,
			  struct profile_header *out, struct error *err)
{
	struct byte_reader in = byte_reader_of(bytes, len);

	if (!len)
		return error_set(err, ERROR_FORMAT, "the file is empty");
	if (memcmp(bytes, profile_magic, MIN(len, sizeof(profile_magic))))
		return error_set(err, ERROR_FORMAT, "not a cprof profile");
	if (len < PROFILE_HEADER_BYTES)
		return error_set(err, ERROR_FORMAT,
				 "cut off inside the file header");

	read_bytes(&in, sizeof(profile_magic));
	out->major = read_u16le(&in);
	out->minor = read_u16le(&in);
	out->session = read_u64le(&in);
	out->start_realtime_ns = read_u64le(&in);
	if (read_u32le(&in) != crc32c(0, bytes, PROFILE_HEADER_BYTES - 4))
		return error_set(err, ERROR_FORMAT,
				 "the file header is damaged (bad checksum)");
	if (out->major != PROFILE_MAJOR)
		return error_set(err, ERROR_UNSUPPORTED,
				 "a profile of format version %u.%u; this "
				 "cprof reads version %u",
				 out->major, out->minor, PROFILE_MAJOR);
	return 0;
}

/*
 * Chunk header, 44 bytes; the payload follows at once.
 *
 *	8 bytes  sync word f5 c1 9c ff 0a c0 de fe
 *	4 bytes  type, ASCII
 *	u8       version of the payload's layout
 *	u8       flags: 1 critical, 2 payload is one zstd frame
 *	u16le    0
 *	u32le    sequence number: 0, 1, 2, ...
 *	u64le    session id, as in the file header
 *	u32le    bytes of the payload in the file, at most 1 MiB
 *	u32le    bytes of the payload uncompressed, at most 1 MiB
 *	u32le    CRC32C of the payload as stored
 *	u32le    CRC32C of the 40 bytes before
 */
void chunk_header_encode(struct byte_writer *out,
			 const struct chunk_header *header)
{
	size_t start = out->len;

	write_bytes(out, chunk_sync, sizeof(chunk_sync));
	write_u32le(out, header->type);
	write_u8(out, header->version);
	write_u8(out, header->flags);
	write_u16le(out, 0);
	write_u32le(out, header->sequence);
	write_u64le(out, header->session);
	write_u32le(out, header->stored_bytes);
	write_u32le(out, header->raw_bytes);
	write_u32le(out, header->payload_crc);
	write_u32le(out, crc32c(0, out->data + start, out->len - start));
}

bool chunk_ratio_allowed(size_t stored, size_t raw)
{
	return raw <= CHUNK_RATIO_FREE + CHUNK_RATIO_MAX * stored;
}

static const char *check_lengths(const struct chunk_header *header)
{
	if (header->stored_bytes > CHUNK_STORED_MAX ||
	    header->raw_bytes > CHUNK_RAW_MAX)
		return "larger than a chunk may be";
	if (!(header->flags & CHUNK_ZSTD))
		return header->stored_bytes == header->raw_bytes ?
			NULL : "the two lengths do not agree";
	if (!chunk_ratio_allowed(header->stored_bytes, header->raw_bytes))
		return "compressed more than a chunk may be";
	return NULL;
}

const char *chunk_header_decode(const uint8_t *bytes,
				struct chunk_header *out)
{
	struct byte_reader in = byte_reader_of(bytes, CHUNK_HEADER_BYTES);
	uint16_t zero;

	if (memcmp(read_bytes(&in, sizeof(chunk_sync)), chunk_sync,
		   sizeof(chunk_sync)))
		return "no chunk begins here";
	out->type = read_u32le(&in);
	out->version = read_u8(&in);
	out->flags = read_u8(&in);
	zero = read_u16le(&in);
	out->sequence = read_u32le(&in);
	out->session = read_u64le(&in);
	out->stored_bytes = read_u32le(&in);
	out->raw_bytes = read_u32le(&in);
	out->payload_crc = read_u32le(&in);
	if (read_u32le(&in) != crc32c(0, bytes, CHUNK_HEADER_BYTES - 4))
		return "bad checksum of the chunk's header";
	if (zero || out->flags & ~CHUNK_FLAGS_KNOWN)
		return "flags that this version does not know";
	return check_lengths(out);
}
