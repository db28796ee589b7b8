/* SPDX-License-Identifier: MIT */
/* Reading and writing byte sequences: little-endian numbers and varints. */
#ifndef CPROF_BASE_BYTES_H
#define CPROF_BASE_BYTES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A window on input bytes.  Once a read fails, every later read yields 0. */
struct byte_reader {
	const uint8_t *pos;
	const uint8_t *end;
	bool failed;
};

/* A reader of the `len` bytes at `data`, which it borrows. */
struct byte_reader byte_reader_of(const void *data, size_t len);

void byte_reader_fail(struct byte_reader *in);
size_t byte_reader_left(const struct byte_reader *in);

/* 0 when every read went well and no byte is left, else -1 (ERROR_FORMAT). */
int byte_reader_finish(const struct byte_reader *in, struct error *err);

uint8_t read_u8(struct byte_reader *in);
uint16_t read_u16le(struct byte_reader *in);
uint32_t read_u32le(struct byte_reader *in);
uint64_t read_u64le(struct byte_reader *in);

/* read_uvarint() of more than one byte, or of none. */
uint64_t read_long_uvarint(struct byte_reader *in);

/*
 * LEB128, at most ten bytes.  Inline, like those below: most numbers of a
 * profile take one byte, and there are millions of them.
 */
static inline uint64_t read_uvarint(struct byte_reader *in)
{
	if (in->pos != in->end && *in->pos < 0x80)
		return *in->pos++;
	return read_long_uvarint(in);
}

/* The same; fails when the value does not fit into 32 bits. */
static inline uint32_t read_uvarint32(struct byte_reader *in)
{
	uint64_t value = read_uvarint(in);

	if (value <= UINT32_MAX)
		return value;
	byte_reader_fail(in);
	return 0;
}

/* Zigzag: 0, -1, 1, -2, ... are 0, 1, 2, 3, ... */
static inline int64_t read_svarint(struct byte_reader *in)
{
	uint64_t value = read_uvarint(in);

	return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

/* Signed LEB128 (DWARF 5, 7.6); bits above the 64th are dropped. */
int64_t read_sleb128(struct byte_reader *in);

/* The next `len` bytes, borrowed from the input; NULL when too short. */
const uint8_t *read_bytes(struct byte_reader *in, size_t len);

struct byte_writer {
	uint8_t *data;
	size_t len;
	size_t capacity;
};

#define BYTE_WRITER_INIT { .data = NULL }

void byte_writer_release(struct byte_writer *out);
void byte_writer_clear(struct byte_writer *out);

void write_u8(struct byte_writer *out, uint8_t value);
void write_u16le(struct byte_writer *out, uint16_t value);
void write_u32le(struct byte_writer *out, uint32_t value);
void write_u64le(struct byte_writer *out, uint64_t value);
void write_uvarint(struct byte_writer *out, uint64_t value);
void write_svarint(struct byte_writer *out, int64_t value);
void write_bytes(struct byte_writer *out, const void *data, size_t len);

#endif
