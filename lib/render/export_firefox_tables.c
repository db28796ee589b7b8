/* SPDX-License-Identifier: MIT */
#include "render/export_firefox.h"

#include "base/mem.h"

#include <stdio.h>

static void ids_init(struct firefox_ids *ids, size_t count)
{
	ids->id = mem_calloc(count + 1, sizeof(*ids->id));
}

static void ids_release(struct firefox_ids *ids)
{
	free(ids->id);
	u32_vec_release(&ids->used);
}

static void ids_use(struct firefox_ids *ids, uint32_t what)
{
	if (ids->id[what])
		return;
	u32_vec_push(&ids->used, what);
	ids->id[what] = ids->used.count;
}

void firefox_tables_init(struct firefox_tables *tables,
			 const struct profile *profile)
{
	*tables = (struct firefox_tables){ .profile = profile };
	export_paths_init(&tables->paths, profile, CALL_BY_LINE);
	ids_init(&tables->frames, tables->paths.key_count);
	ids_init(&tables->functions, profile->functions.count + STATE_COUNT);
	ids_init(&tables->modules, profile->modules.count);
}

void firefox_tables_release(struct firefox_tables *tables)
{
	export_paths_release(&tables->paths);
	intern_release(&tables->strings);
	intern_release(&tables->sources);
	ids_release(&tables->frames);
	ids_release(&tables->functions);
	ids_release(&tables->modules);
}

/* Functions by id, then the reasons. */
static uint32_t function_of(const struct firefox_tables *tables, uint32_t key)
{
	const struct function *function =
		export_key_function(&tables->paths, key);

	if (function)
		return function - tables->profile->functions.items;
	return tables->profile->functions.count + key -
	       tables->paths.code_keys;
}

void firefox_tables_number(struct firefox_tables *tables)
{
	const struct export_path_vec *paths = &tables->paths.paths;

	for (size_t i = 0; i < paths->count; i++) {
		const uint32_t key = paths->items[i].key;
		const struct function *function =
			export_key_function(&tables->paths, key);

		ids_use(&tables->frames, key);
		ids_use(&tables->functions, function_of(tables, key));
		if (function)
			ids_use(&tables->modules, function->module);
	}
}

uint32_t firefox_string(struct firefox_tables *tables, const char *text)
{
	return intern_string(&tables->strings, text, NULL);
}

static void put_build_id(struct json_writer *json, const struct module *module)
{
	char hex[2 * BUILD_ID_MAX + 1] = "";
	char breakpad[34];

	for (size_t i = 0; i < module->build_id_len; i++)
		snprintf(hex + 2 * i, 3, "%02x", module->build_id[i]);
	/* The first 16 bytes and an age of 0. */
	snprintf(breakpad, sizeof(breakpad), "%-32.32s0", hex);
	for (char *c = breakpad; *c; c++) {
		if (*c == ' ')
			*c = '0';
		if (*c >= 'a')
			*c -= 'a' - 'A';
	}
	json_write_text(json, "breakpadId", breakpad);
	json_write_text(json, "codeId", *hex ? hex : NULL);
}

void firefox_put_libs(struct json_writer *json, struct firefox_tables *tables)
{
	json_open(json, "libs", '[');
	for (size_t i = 0; i < tables->modules.used.count; i++) {
		const struct profile_module *module =
			&tables->profile->modules.items[
				tables->modules.used.items[i]];

		json_open(json, NULL, '{');
		json_write_text(json, "arch", "x86_64");
		json_write_text(json, "name", module->name);
		json_write_text(json, "path", module->module.path);
		json_write_text(json, "debugName", module->name);
		json_write_text(json, "debugPath", module->module.path);
		put_build_id(json, &module->module);
		json_close(json, '}');
	}
	json_close(json, ']');
}

/* A column of the same value. */
static void put_fill(struct json_writer *json, const char *key, size_t count,
		     const char *value)
{
	json_open(json, key, '[');
	for (size_t i = 0; i < count; i++) {
		strbuf_add(json->out, i ? "," : "");
		strbuf_add(json->out, value);
	}
	json_close(json, ']');
}

static void put_stacks(struct json_writer *json, struct firefox_tables *tables)
{
	const struct export_path_vec *paths = &tables->paths.paths;

	json_open(json, "stackTable", '{');
	json_open(json, "frame", '[');
	for (size_t i = 0; i < paths->count; i++)
		json_write_count(json, NULL, tables->frames.id[
			paths->items[i].key] - 1);
	json_close(json, ']');
	json_open(json, "prefix", '[');
	for (size_t i = 0; i < paths->count; i++) {
		if (paths->items[i].parent == ID_NONE)
			json_write_null(json, NULL);
		else
			json_write_count(json, NULL, paths->items[i].parent);
	}
	json_close(json, ']');
	json_write_count(json, "length", paths->count);
	json_close(json, '}');
}

static unsigned int category_of(const struct firefox_tables *tables,
				uint32_t key)
{
	const struct function *function =
		export_key_function(&tables->paths, key);

	if (!function)
		return FIREFOX_WAITING;
	switch (tables->profile->modules.items[function->module].module.kind) {
	case MODULE_SPECIAL:
	case MODULE_UNKNOWN:
		return FIREFOX_OTHER;
	case MODULE_JIT:
		return FIREFOX_JIT;
	default:
		return FIREFOX_NATIVE;
	}
}

static void put_frames(struct json_writer *json, struct firefox_tables *tables)
{
	const struct u32_vec *used = &tables->frames.used;

	json_open(json, "frameTable", '{');
	put_fill(json, "address", used->count, "-1");
	put_fill(json, "inlineDepth", used->count, "0");
	json_open(json, "category", '[');
	for (size_t i = 0; i < used->count; i++)
		json_write_count(json, NULL,
				 category_of(tables, used->items[i]));
	json_close(json, ']');
	put_fill(json, "subcategory", used->count, "0");
	json_open(json, "func", '[');
	for (size_t i = 0; i < used->count; i++)
		json_write_count(json, NULL, tables->functions.id[
			function_of(tables, used->items[i])] - 1);
	json_close(json, ']');
	put_fill(json, "nativeSymbol", used->count, "null");
	put_fill(json, "innerWindowID", used->count, "0");
	json_open(json, "line", '[');
	for (size_t i = 0; i < used->count; i++) {
		uint32_t line;

		export_key_place(&tables->paths, used->items[i], &line);
		if (line)
			json_write_count(json, NULL, line);
		else
			json_write_null(json, NULL);
	}
	json_close(json, ']');
	put_fill(json, "column", used->count, "null");
	json_write_count(json, "length", used->count);
	json_close(json, '}');
}

static const struct function *used_function(const struct firefox_tables *tables,
					    size_t i)
{
	const uint32_t id = tables->functions.used.items[i];

	return id < tables->profile->functions.count ?
	       &tables->profile->functions.items[id] : NULL;
}

static uint32_t function_name(struct firefox_tables *tables, size_t i)
{
	const struct function *function = used_function(tables, i);
	struct strbuf name = STRBUF_INIT;
	uint32_t id;

	if (function)
		return firefox_string(tables, *function->name ?
				      function->name : "[no name]");
	strbuf_addf(&name, "[%s]", thread_state_text(
		tables->functions.used.items[i] -
		tables->profile->functions.count));
	id = firefox_string(tables, strbuf_text(&name));
	strbuf_release(&name);
	return id;
}

static void put_functions(struct json_writer *json,
			  struct firefox_tables *tables)
{
	const size_t count = tables->functions.used.count;

	json_open(json, "funcTable", '{');
	json_open(json, "name", '[');
	for (size_t i = 0; i < count; i++)
		json_write_count(json, NULL, function_name(tables, i));
	json_close(json, ']');
	put_fill(json, "isJS", count, "false");
	put_fill(json, "relevantForJS", count, "false");
	json_open(json, "resource", '[');
	for (size_t i = 0; i < count; i++) {
		const struct function *function = used_function(tables, i);

		json_write_int(json, NULL, function ?
			(int64_t)tables->modules.id[function->module] - 1 : -1);
	}
	json_close(json, ']');
	json_open(json, "source", '[');
	for (size_t i = 0; i < count; i++) {
		const struct function *function = used_function(tables, i);

		if (function && function->file)
			json_write_count(json, NULL,
				intern_string(&tables->sources,
					      function->file, NULL));
		else
			json_write_null(json, NULL);
	}
	json_close(json, ']');
	json_open(json, "lineNumber", '[');
	for (size_t i = 0; i < count; i++) {
		const struct function *function = used_function(tables, i);

		if (function && function->line)
			json_write_count(json, NULL, function->line);
		else
			json_write_null(json, NULL);
	}
	json_close(json, ']');
	put_fill(json, "columnNumber", count, "null");
	json_write_count(json, "length", count);
	json_close(json, '}');
}

static void put_resources(struct json_writer *json,
			  struct firefox_tables *tables)
{
	const struct u32_vec *used = &tables->modules.used;

	json_open(json, "resourceTable", '{');
	json_open(json, "name", '[');
	for (size_t i = 0; i < used->count; i++)
		json_write_count(json, NULL, firefox_string(tables,
			tables->profile->modules.items[used->items[i]].name));
	json_close(json, ']');
	json_open(json, "lib", '[');
	for (size_t i = 0; i < used->count; i++)
		json_write_count(json, NULL, i);
	json_close(json, ']');
	put_fill(json, "host", used->count, "null");
	/* 1: a library */
	put_fill(json, "type", used->count, "1");
	json_write_count(json, "length", used->count);
	json_close(json, '}');
}

static void put_sources(struct json_writer *json,
			struct firefox_tables *tables)
{
	const size_t count = tables->sources.count;

	json_open(json, "sources", '{');
	put_fill(json, "id", count, "null");
	json_open(json, "filename", '[');
	for (uint32_t i = 0; i < count; i++)
		json_write_count(json, NULL, firefox_string(tables,
			intern_get(&tables->sources, i, NULL)));
	json_close(json, ']');
	put_fill(json, "startLine", count, "1");
	put_fill(json, "startColumn", count, "1");
	put_fill(json, "sourceMapURL", count, "null");
	json_write_count(json, "length", count);
	json_close(json, '}');
}

static void put_no_symbols(struct json_writer *json)
{
	json_open(json, "nativeSymbols", '{');
	put_fill(json, "libIndex", 0, "");
	put_fill(json, "address", 0, "");
	put_fill(json, "name", 0, "");
	put_fill(json, "functionSize", 0, "");
	json_write_count(json, "length", 0);
	json_close(json, '}');
}

/* The strings come last: the other tables use them. */
void firefox_put_shared(struct json_writer *json,
			struct firefox_tables *tables)
{
	json_open(json, "shared", '{');
	put_stacks(json, tables);
	put_frames(json, tables);
	put_functions(json, tables);
	put_resources(json, tables);
	put_sources(json, tables);
	put_no_symbols(json);
	json_open(json, "stringArray", '[');
	for (uint32_t i = 0; i < tables->strings.count; i++)
		json_write_text(json, NULL,
				intern_get(&tables->strings, i, NULL));
	json_close(json, ']');
	json_close(json, '}');
}
