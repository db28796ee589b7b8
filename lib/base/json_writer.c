/* SPDX-License-Identifier: MIT */
#include "base/json_writer.h"

#include "base/escape.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { DIGITS_MAX = 18 };

struct json_writer json_writer_of(struct strbuf *out)
{
	return (struct json_writer){ .out = out };
}

/* Characters that JSON or HTML would take for its own. */
static void add_quoted(struct strbuf *out, const char *text)
{
	while (*text) {
		size_t plain = strcspn(text, "\"\\<>&");

		strbuf_add_bytes(out, text, plain);
		text += plain;
		if (!*text)
			break;
		if (*text == '"' || *text == '\\')
			strbuf_addf(out, "\\%c", *text);
		else
			strbuf_addf(out, "\\u%04x", (unsigned char)*text);
		text++;
	}
}

/* Letters and such: most keys, and many names. */
static bool is_plain(const char *text)
{
	for (; *text; text++) {
		if (*text < 0x20 || *text > 0x7e || strchr("\"\\<>&", *text))
			return false;
	}
	return true;
}

void json_quote(struct strbuf *out, const char *text)
{
	struct strbuf safe = STRBUF_INIT;

	if (is_plain(text)) {
		strbuf_add_char(out, '"');
		strbuf_add(out, text);
		strbuf_add_char(out, '"');
		return;
	}
	escape_text(&safe, text);
	strbuf_add_char(out, '"');
	add_quoted(out, strbuf_text(&safe));
	strbuf_add_char(out, '"');
	strbuf_release(&safe);
}

static void begin_value(struct json_writer *json, const char *key)
{
	if (key)
		json_key(json, key);
	else if (json->comma)
		strbuf_add_char(json->out, ',');
	json->comma = true;
}

void json_key(struct json_writer *json, const char *key)
{
	if (json->comma)
		strbuf_add_char(json->out, ',');
	json_quote(json->out, key);
	strbuf_add_char(json->out, ':');
	json->comma = false;
}

void json_open(struct json_writer *json, const char *key, char bracket)
{
	begin_value(json, key);
	strbuf_add_char(json->out, bracket);
	json->comma = false;
}

void json_close(struct json_writer *json, char bracket)
{
	strbuf_add_char(json->out, bracket);
	json->comma = true;
}

void json_write_text(struct json_writer *json, const char *key,
		     const char *text)
{
	if (!text) {
		json_write_null(json, key);
		return;
	}
	begin_value(json, key);
	json_quote(json->out, text);
}

/* Most of an export is numbers; printf would take most of the time. */
static void add_count(struct strbuf *out, uint64_t count)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + count % 10);
		count /= 10;
	} while (count);
	strbuf_add_bytes(out, digits + at, sizeof(digits) - at);
}

void json_write_count(struct json_writer *json, const char *key,
		      uint64_t count)
{
	begin_value(json, key);
	add_count(json->out, count);
}

void json_write_int(struct json_writer *json, const char *key, int64_t value)
{
	begin_value(json, key);
	strbuf_addf(json->out, "%" PRId64, value);
}

void json_write_bool(struct json_writer *json, const char *key, bool value)
{
	begin_value(json, key);
	strbuf_add(json->out, value ? "true" : "false");
}

void json_write_null(struct json_writer *json, const char *key)
{
	begin_value(json, key);
	strbuf_add(json->out, "null");
}

void json_write_decimal(struct json_writer *json, const char *key,
			uint64_t value, unsigned int digits)
{
	uint64_t one = 1;
	int len = digits;

	assert(digits <= DIGITS_MAX);
	for (unsigned int i = 0; i < digits; i++)
		one *= 10;
	begin_value(json, key);
	add_count(json->out, value / one);
	value %= one;
	if (!value)
		return;
	for (; value % 10 == 0; len--)
		value /= 10;
	strbuf_addf(json->out, ".%0*" PRIu64, len, value);
}

void json_write_double(struct json_writer *json, const char *key,
		       double value, int digits)
{
	if (!isfinite(value)) {
		json_write_null(json, key);
		return;
	}
	begin_value(json, key);
	/* No "-0", which some readers take for another number. */
	strbuf_addf(json->out, "%.*f", digits, value == 0 ? 0.0 : value);
}
