/* SPDX-License-Identifier: MIT */
#include "render/html_source.h"

#include "base/json.h"
#include "render/annotate.h"

enum {
	FILE_BYTES_MAX = 1 << 20,
	ALL_BYTES_MAX = 8 << 20
};

static json_t *one_source(const char *path, size_t *left)
{
	json_t *value = NULL;
	struct source source;

	if (source_init(&source, path, NULL))
		return json_null();
	if (source.text.len <= FILE_BYTES_MAX && source.text.len <= *left) {
		*left -= source.text.len;
		value = json_text(strbuf_text(&source.text));
	}
	source_release(&source);
	return value ? value : json_null();
}

json_t *html_sources(const struct profile *profile,
		     const struct u32_vec *files)
{
	json_t *array = json_array();
	size_t left = ALL_BYTES_MAX;

	for (size_t i = 0; i < files->count; i++) {
		const uint32_t id = files->items[i];

		json_push(array, id == profile->strings.count ? json_null() :
			  one_source(intern_get(&profile->strings, id, NULL),
				     &left));
	}
	return array;
}
