/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include "base/escape.h"

#include <assert.h>

json_t *json_text(const char *text)
{
	struct strbuf valid = STRBUF_INIT;
	json_t *value;

	if (!text)
		return json_null();
	while (*text) {
		unsigned int code;
		size_t len = utf8_decode(text, &code);

		if (len)
			strbuf_add_bytes(&valid, text, len);
		else
			strbuf_addf(&valid, "\\x%02x", (uint8_t)*text);
		text += len ? len : 1;
	}
	value = json_string(strbuf_text(&valid));
	strbuf_release(&valid);
	return value;
}

json_t *json_count(uint64_t count)
{
	return json_integer(MIN(count, (uint64_t)INT64_MAX));
}

/* jansson fails for want of memory only, and then the program ends. */
static void check(int failed)
{
	assert(!failed);
}

void json_put(json_t *object, const char *key, json_t *value)
{
	check(json_object_set_new(object, key, value));
}

void json_push(json_t *array, json_t *value)
{
	check(json_array_append_new(array, value));
}

static int add_bytes(const char *bytes, size_t len, void *data)
{
	strbuf_add_bytes(data, bytes, len);
	return 0;
}

void json_add(struct strbuf *out, const json_t *root)
{
	check(json_dump_callback(root, add_bytes, out,
				 JSON_INDENT(2) | JSON_ENSURE_ASCII |
				 JSON_REAL_PRECISION(12)));
	strbuf_add_char(out, '\n');
}
