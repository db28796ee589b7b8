/* SPDX-License-Identifier: MIT */
/* Strings in chunks: inline ones, and the numbered ones of STRS chunks. */
#ifndef CPROF_FORMAT_CHUNK_STRING_H
#define CPROF_FORMAT_CHUNK_STRING_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/intern.h"
#include "base/vec.h"

VEC_DEFINE(text_vec, const char *);

/* The strings that STRS chunks have defined so far, by id. */
struct string_table {
	struct text_vec texts;
	struct arena arena;	/* holds them */
	bool salvage;		/* an undefined string is "[lost]" */
	uint32_t undefined;	/* the last undefined id asked for */
	bool failed;		/* there was one */
	uint64_t lost;		/* salvage: how often */
};

#define STRING_TABLE_INIT { .texts = VEC_INIT, .arena = ARENA_INIT }

void string_table_release(struct string_table *table);

/*
 * Read a string id and return the string, never NULL.  An undefined id
 * makes `in` fail, and table->failed say why.
 */
const char *read_string_id(struct byte_reader *in, struct string_table *table);

/* The same for an id + 1, where 0 stands for NULL. */
const char *read_optional_string_id(struct byte_reader *in,
				    struct string_table *table);

/* byte_reader_finish() that also knows about undefined strings. */
int chunk_finish(const struct byte_reader *in,
		 const struct string_table *table, struct error *err);

/*
 * An inline string: uvarint length, bytes.  NULL is written as "".  What
 * is longer than PROFILE_STRING_MAX is cut.
 */
void write_string(struct byte_writer *out, const char *text);

/* Never NULL; `in` fails on a NUL byte or a length above the maximum. */
const char *read_string(struct byte_reader *in, struct arena *arena);

/* Bytes of `text` that may be stored: at most PROFILE_STRING_MAX. */
size_t profile_string_bytes(const char *text);

/*
 * Write a STRS chunk of the strings from `first` on, as many as make about
 * `max_bytes`, at least one.  Returns how many.
 */
uint32_t string_chunk_encode(struct byte_writer *out,
			     const struct intern *strings, uint32_t first,
			     size_t max_bytes);

/*
 * Add the strings of a STRS chunk to `table`, which is left as it was on
 * failure.
 */
int string_chunk_decode(struct byte_reader *in, struct string_table *table,
			struct error *err);

#endif
