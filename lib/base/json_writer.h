/* SPDX-License-Identifier: MIT */
/*
 * JSON as a stream, without blanks: for exports of many megabytes, which
 * values in memory (base/json.h) would make slow.
 */
#ifndef CPROF_BASE_JSON_WRITER_H
#define CPROF_BASE_JSON_WRITER_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

struct json_writer {
	struct strbuf *out;
	bool comma;		/* does one stand before the next value? */
};

struct json_writer json_writer_of(struct strbuf *out);

/*
 * Add `text`, which comes from outside, in quotes.  What could act on a
 * terminal or is not UTF-8 is shown as escape_text() does; <, > and & become
 * \u escapes, so that the text may stand inside of HTML.
 */
void json_quote(struct strbuf *out, const char *text);

/* The key of the next value; one of our own, or from outside. */
void json_key(struct json_writer *json, const char *key);

/* '{' or '[', and the end of it; `key` may be NULL (in arrays). */
void json_open(struct json_writer *json, const char *key, char bracket);
void json_close(struct json_writer *json, char bracket);

/* Values; `key` may be NULL.  A NULL text is null. */
void json_write_text(struct json_writer *json, const char *key,
		     const char *text);
void json_write_count(struct json_writer *json, const char *key,
		      uint64_t count);
void json_write_int(struct json_writer *json, const char *key, int64_t value);
void json_write_bool(struct json_writer *json, const char *key, bool value);
void json_write_null(struct json_writer *json, const char *key);

/* `value` / 10^digits, exactly: 1234567 with 6 digits is 1.234567. */
void json_write_decimal(struct json_writer *json, const char *key,
			uint64_t value, unsigned int digits);

/* With so many digits behind the point; null unless it is finite. */
void json_write_double(struct json_writer *json, const char *key,
		       double value, int digits);

#endif
