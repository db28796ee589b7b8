/* SPDX-License-Identifier: MIT */
#include "format/chunk_module.h"

uint32_t profile_string_id(struct intern *strings, const char *text)
{
	return intern_add(strings, text ? text : "",
			  profile_string_bytes(text), NULL);
}

/*
 * MODU chunk, version 1: modules.
 *
 *	uvarint  id of the first module; the others follow
 *	uvarint  number of modules, then each:
 *	u8       kind: 0 ELF file, 1 vdso, 2 JIT code, 3 special, 4 unknown
 *	uvarint  process id + 1 for JIT code, else 0
 *	uvarint  string id of the path
 *	u8       bytes of the build-id, at most 32; 0 when it has none
 *	bytes    build-id
 */
void module_encode(struct byte_writer *out, const struct module *module,
		   uint32_t path_id)
{
	uint8_t len = MIN(module->build_id_len, BUILD_ID_MAX);

	write_u8(out, module->kind);
	write_uvarint(out, (uint32_t)(module->process + 1));
	write_uvarint(out, path_id);
	write_u8(out, len);
	write_bytes(out, module->build_id, len);
}

bool module_decode(struct byte_reader *in, struct string_table *strings,
		   struct module *out)
{
	const uint8_t *build_id;

	memset(out, 0, sizeof(*out));
	out->kind = read_u8(in);
	if (out->kind > MODULE_UNKNOWN)
		out->kind = MODULE_UNKNOWN;
	out->process = read_uvarint32(in) - 1;
	out->path = read_string_id(in, strings);
	out->build_id_len = read_u8(in);
	if (out->build_id_len > BUILD_ID_MAX)
		byte_reader_fail(in);
	build_id = read_bytes(in, out->build_id_len);
	if (build_id)
		memcpy(out->build_id, build_id, out->build_id_len);
	return !in->failed;
}

static uint32_t optional_id(struct intern *strings, const char *text)
{
	return text ? profile_string_id(strings, text) + 1 : 0;
}

/*
 * SYMB chunk, version 1: what frames mean.
 *
 *	uvarint  number of symbols, then each:
 *	svarint  frame id minus that of the symbol before (0 at first)
 *	u8       status: 0 symbol or debug information, 1 named by the range
 *	         of its unwind entry, 2 none, 3 none: the file was replaced
 *	uvarint  number of functions, at least 1, innermost inlined one first,
 *	         then each:
 *	uvarint  string id of the name
 *	uvarint  string id of the linkage name + 1; 0: the same as the name
 *	uvarint  string id of the source file + 1; 0: not known
 *	uvarint  line; 0: not known
 *	uvarint  line where the function begins; 0: not known
 */
void symbol_encode(struct byte_writer *out, const struct symbol *symbol,
		   uint32_t previous, struct intern *strings)
{
	size_t count = MIN(symbol->count, (size_t)SYMBOL_CHAIN_MAX);

	write_svarint(out, (int64_t)symbol->frame - previous);
	write_u8(out, symbol->status);
	write_uvarint(out, count);
	for (size_t i = symbol->count - count; i < symbol->count; i++) {
		const struct source_location *at = &symbol->chain[i];

		write_uvarint(out, profile_string_id(strings, at->function));
		write_uvarint(out, optional_id(strings, at->linkage_name));
		write_uvarint(out, optional_id(strings, at->file));
		write_uvarint(out, at->line);
		write_uvarint(out, at->function_line);
	}
}

static void decode_chain(struct byte_reader *in, struct string_table *strings,
			 struct location_vec *chain, uint64_t count)
{
	chain->count = 0;
	if (!count || count > SYMBOL_CHAIN_MAX)
		byte_reader_fail(in);
	for (uint64_t i = 0; i < count && !in->failed; i++) {
		struct source_location *at = location_vec_add(chain);

		at->function = read_string_id(in, strings);
		at->linkage_name = read_optional_string_id(in, strings);
		at->file = read_optional_string_id(in, strings);
		at->line = read_uvarint32(in);
		at->function_line = read_uvarint32(in);
	}
}

bool symbol_decode(struct byte_reader *in, struct string_table *strings,
		   uint32_t previous, struct location_vec *chain,
		   struct symbol *out)
{
	int64_t delta = read_svarint(in);

	if (__builtin_add_overflow(delta, previous, &out->frame))
		byte_reader_fail(in);
	out->status = read_u8(in);
	if (out->status > SYMBOL_REPLACED)
		out->status = SYMBOL_NONE;
	decode_chain(in, strings, chain, read_uvarint(in));
	out->chain = chain->items;
	out->count = chain->count;
	return !in->failed;
}
