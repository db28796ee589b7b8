/* SPDX-License-Identifier: MIT */
#include "base/bytes.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct byte_reader byte_reader_of(const void *data, size_t len)
{
	const uint8_t *start = data;

	/* NULL + 0 is undefined. */
	return (struct byte_reader){
		.pos = start, .end = len ? start + len : start };
}

void byte_reader_fail(struct byte_reader *in)
{
	in->pos = in->end;
	in->failed = true;
}

size_t byte_reader_left(const struct byte_reader *in)
{
	return in->end - in->pos;
}

int byte_reader_finish(const struct byte_reader *in, struct error *err)
{
	if (in->failed)
		return error_set(err, ERROR_FORMAT,
				 "bytes are missing or wrong");
	if (in->pos != in->end)
		return error_set(err, ERROR_FORMAT, "%zu bytes too many",
				 byte_reader_left(in));
	return 0;
}

int64_t read_sleb128(struct byte_reader *in)
{
	uint64_t value = 0;
	unsigned int shift = 0;
	uint8_t byte;

	do {
		byte = read_u8(in);
		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while ((byte & 0x80) && !in->failed && shift < 77);
	if ((byte & 0x40) && shift < 64)
		value |= ~UINT64_C(0) << shift;
	return (int64_t)value;
}

const uint8_t *read_bytes(struct byte_reader *in, size_t len)
{
	const uint8_t *start = in->pos;

	if (in->failed || len > byte_reader_left(in)) {
		byte_reader_fail(in);
		return NULL;
	}
	in->pos += len;
	return start;
}

static uint64_t read_le(struct byte_reader *in, size_t len)
{
	const uint8_t *bytes = read_bytes(in, len);
	uint64_t value = 0;

	for (size_t i = 0; bytes && i < len; i++)
		value |= (uint64_t)bytes[i] << (8 * i);
	return value;
}

uint8_t read_u8(struct byte_reader *in)
{
	if (in->pos == in->end) {
		byte_reader_fail(in);
		return 0;
	}
	return *in->pos++;
}

uint16_t read_u16le(struct byte_reader *in)
{
	return read_le(in, 2);
}

uint32_t read_u32le(struct byte_reader *in)
{
	return read_le(in, 4);
}

uint64_t read_u64le(struct byte_reader *in)
{
	return read_le(in, 8);
}

uint64_t read_long_uvarint(struct byte_reader *in)
{
	uint64_t value = 0;

	for (unsigned int shift = 0; shift < 64; shift += 7) {
		uint8_t byte;

		if (in->pos == in->end)
			break;
		byte = *in->pos++;
		/* The tenth byte has room for one bit only. */
		if (shift == 63 && byte > 1)
			break;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	byte_reader_fail(in);
	return 0;
}

static uint8_t *byte_writer_room(struct byte_writer *out, size_t len)
{
	uint8_t *start;

	if (len > out->capacity - out->len) {
		out->capacity = MAX(out->len + len, out->capacity * 2);
		out->capacity = MAX(out->capacity, (size_t)256);
		out->data = mem_realloc(out->data, out->capacity, 1);
	}
	start = out->data + out->len;
	out->len += len;
	return start;
}

void byte_writer_release(struct byte_writer *out)
{
	free(out->data);
	*out = (struct byte_writer)BYTE_WRITER_INIT;
}

void byte_writer_clear(struct byte_writer *out)
{
	out->len = 0;
}

static void write_le(struct byte_writer *out, uint64_t value, size_t len)
{
	uint8_t *bytes = byte_writer_room(out, len);

	for (size_t i = 0; i < len; i++)
		bytes[i] = value >> (8 * i);
}

void write_u8(struct byte_writer *out, uint8_t value)
{
	*byte_writer_room(out, 1) = value;
}

void write_u16le(struct byte_writer *out, uint16_t value)
{
	write_le(out, value, 2);
}

void write_u32le(struct byte_writer *out, uint32_t value)
{
	write_le(out, value, 4);
}

void write_u64le(struct byte_writer *out, uint64_t value)
{
	write_le(out, value, 8);
}

void write_uvarint(struct byte_writer *out, uint64_t value)
{
	uint8_t bytes[10];
	size_t len = 0;

	for (; value >= 0x80; value >>= 7)
		bytes[len++] = (value & 0x7f) | 0x80;
	bytes[len++] = value;
	write_bytes(out, bytes, len);
}

void write_svarint(struct byte_writer *out, int64_t value)
{
	write_uvarint(out, ((uint64_t)value << 1) ^ (uint64_t)(value >> 63));
}

void write_bytes(struct byte_writer *out, const void *data, size_t len)
{
	if (len)
		memcpy(byte_writer_room(out, len), data, len);
}
