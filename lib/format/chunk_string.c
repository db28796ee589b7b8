/* SPDX-License-Identifier: MIT */
#include "format/chunk_string.h"

#include "format/chunk.h"

#include <inttypes.h>
#include <string.h>

enum {
	/* Of what a damaged file lost, no more than this is made up. */
	STRINGS_LOST_MAX = 1 << 18
};

static const char lost_text[] = "[lost]";

void string_table_release(struct string_table *table)
{
	text_vec_release(&table->texts);
	arena_release(&table->arena);
	*table = (struct string_table)STRING_TABLE_INIT;
}

static const char *string_of(struct byte_reader *in,
			     struct string_table *table, uint32_t id)
{
	if (in->failed)
		return "";
	if (id < table->texts.count)
		return table->texts.items[id];
	if (table->salvage) {
		table->lost++;
		return lost_text;
	}
	table->undefined = id;
	table->failed = true;
	byte_reader_fail(in);
	return "";
}

const char *read_string_id(struct byte_reader *in, struct string_table *table)
{
	return string_of(in, table, read_uvarint32(in));
}

const char *read_optional_string_id(struct byte_reader *in,
				    struct string_table *table)
{
	uint32_t id = read_uvarint32(in);

	return id ? string_of(in, table, id - 1) : NULL;
}

int chunk_finish(const struct byte_reader *in,
		 const struct string_table *table, struct error *err)
{
	if (table->failed)
		return error_set(err, ERROR_FORMAT,
				 "string %" PRIu32 " is not defined",
				 table->undefined);
	return byte_reader_finish(in, err);
}

size_t profile_string_bytes(const char *text)
{
	return text ? strnlen(text, PROFILE_STRING_MAX) : 0;
}

void write_string(struct byte_writer *out, const char *text)
{
	size_t len = profile_string_bytes(text);

	write_uvarint(out, len);
	write_bytes(out, text, len);
}

/* The `len` bytes at `bytes` as a string; NULL when they cannot be one. */
static const char *string_copy(const uint8_t *bytes, size_t len,
			       struct arena *arena)
{
	if (!bytes || len > PROFILE_STRING_MAX || memchr(bytes, '\0', len))
		return NULL;
	return arena_strndup(arena, (const char *)bytes, len);
}

const char *read_string(struct byte_reader *in, struct arena *arena)
{
	uint32_t len = read_uvarint32(in);
	const char *text = string_copy(read_bytes(in, len), len, arena);

	if (text)
		return text;
	byte_reader_fail(in);
	return "";
}

/*
 * STRS chunk, version 1: strings, without NUL bytes.
 *
 *	uvarint  id of the first string; the others follow
 *	uvarint  number of strings
 *	column   for each string:
 *	uvarint  length in bytes, at most 65535
 *	then the bytes of all strings
 */
uint32_t string_chunk_encode(struct byte_writer *out,
			     const struct intern *strings, uint32_t first,
			     size_t max_bytes)
{
	size_t total = 0, len;
	uint32_t end = first;

	while (end < strings->count && (end == first || total < max_bytes)) {
		intern_get(strings, end++, &len);
		total += len + 1;
	}

	write_uvarint(out, first);
	write_uvarint(out, end - first);
	for (uint32_t id = first; id < end; id++) {
		intern_get(strings, id, &len);
		write_uvarint(out, len);
	}
	for (uint32_t id = first; id < end; id++) {
		const char *text = intern_get(strings, id, &len);

		write_bytes(out, text, len);
	}
	return end - first;
}

/* The first id of the chunk must be the next one of the table. */
static int check_first(struct string_table *table, uint32_t first,
		       struct error *err)
{
	size_t count = table->texts.count;

	if (first == count)
		return 0;
	if (!table->salvage || first < count ||
	    first - count > STRINGS_LOST_MAX)
		return error_set(err, ERROR_FORMAT,
				 "begins with string %" PRIu32
				 ", %zu is the next",
				 first, count);
	while (table->texts.count < first) {
		text_vec_push(&table->texts, lost_text);
		table->lost++;
	}
	return 0;
}

int string_chunk_decode(struct byte_reader *in, struct string_table *table,
			struct error *err)
{
	uint32_t first = read_uvarint32(in);
	uint64_t count = read_uvarint(in);
	struct byte_reader lengths;
	size_t old_count;

	if (count > byte_reader_left(in))
		return error_set(err, ERROR_FORMAT,
				 "%" PRIu64 " strings cannot fit in %zu bytes",
				 count, byte_reader_left(in));
	if (check_first(table, first, err))
		return -1;

	old_count = table->texts.count;
	lengths = *in;
	for (uint64_t i = 0; i < count; i++)
		read_uvarint32(in);
	for (uint64_t i = 0; i < count && !in->failed; i++) {
		uint32_t len = read_uvarint32(&lengths);
		const char *text = string_copy(read_bytes(in, len), len,
					       &table->arena);

		if (!text)
			byte_reader_fail(in);
		else
			text_vec_push(&table->texts, text);
	}
	if (!byte_reader_finish(in, err))
		return 0;
	table->texts.count = old_count;
	return -1;
}
