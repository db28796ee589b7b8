/* SPDX-License-Identifier: MIT */
#include "symbol/wire.h"

#include <inttypes.h>
#include <string.h>

enum {
	LOCATION_MIN_BYTES = 5	/* three strings and two numbers */
};

static void write_string(struct byte_writer *out, const char *text)
{
	size_t len;

	if (!text) {
		write_uvarint(out, 0);
		return;
	}
	len = strnlen(text, WIRE_NAME_MAX);
	write_uvarint(out, len + 1);
	write_bytes(out, text, len);
	write_u8(out, 0);
}

/* NULL for the string that is not there, and for a bad one. */
static const char *read_string(struct byte_reader *in)
{
	uint64_t len = read_uvarint(in);
	const uint8_t *text;

	if (len == 0)
		return NULL;
	if (len > WIRE_NAME_MAX + 1) {
		byte_reader_fail(in);
		return NULL;
	}
	text = read_bytes(in, len);
	if (!text)
		return NULL;
	if (memchr(text, 0, len) != text + len - 1) {
		byte_reader_fail(in);
		return NULL;
	}
	return (const char *)text;
}

void wire_write_module(struct byte_writer *out, const struct module *module,
		       enum symbol_level level)
{
	write_u8(out, WIRE_MODULE);
	write_u8(out, level);
	write_u8(out, module->kind);
	write_u8(out, module->build_id_len);
	write_bytes(out, module->build_id, module->build_id_len);
	write_uvarint(out, module->process);
	write_string(out, module->path);
}

int wire_read_module(struct byte_reader *in, struct module *module,
		     enum symbol_level *level, struct error *err)
{
	const uint8_t *build_id;

	memset(module, 0, sizeof(*module));
	*level = read_u8(in);
	module->kind = read_u8(in);
	module->build_id_len = read_u8(in);
	if (module->build_id_len > BUILD_ID_MAX)
		return error_set(err, ERROR_FORMAT, "a build-id of %u bytes",
				 module->build_id_len);
	build_id = read_bytes(in, module->build_id_len);
	if (build_id)
		memcpy(module->build_id, build_id, module->build_id_len);
	module->process = read_uvarint32(in);
	module->path = read_string(in);
	return byte_reader_finish(in, err);
}

void wire_write_ask(struct byte_writer *out, const uint64_t *addresses,
		    size_t count)
{
	uint64_t before = 0;

	write_u8(out, WIRE_ASK);
	write_uvarint(out, count);
	for (size_t i = 0; i < count; i++) {
		write_svarint(out, (int64_t)(addresses[i] - before));
		before = addresses[i];
	}
}

int wire_read_ask(struct byte_reader *in, struct address_vec *out,
		  struct error *err)
{
	uint64_t count = read_uvarint(in);
	uint64_t address = 0;

	if (count > byte_reader_left(in))
		return error_set(err, ERROR_FORMAT,
				 "%" PRIu64 " addresses cannot fit", count);
	out->count = 0;
	address_vec_reserve(out, count);
	for (uint64_t i = 0; i < count; i++) {
		address += (uint64_t)read_svarint(in);
		address_vec_push(out, address);
	}
	return byte_reader_finish(in, err);
}

static void write_location(struct byte_writer *out,
			   const struct source_location *location)
{
	write_string(out, location->function);
	write_string(out, location->linkage_name);
	write_string(out, location->file);
	write_uvarint(out, location->line);
	write_uvarint(out, location->function_line);
}

void wire_write_symbol(struct byte_writer *out, const struct symbol *symbol)
{
	size_t count = MIN(symbol->count, (size_t)WIRE_CHAIN_MAX);

	write_u8(out, symbol->status);
	write_uvarint(out, count);
	for (size_t i = 0; i + 1 < count; i++)
		write_location(out, &symbol->chain[i]);
	/* Whatever is cut, the function that the code belongs to stays. */
	write_location(out, &symbol->chain[symbol->count - 1]);
}

static void read_location(struct byte_reader *in,
			  struct source_location *location)
{
	location->function = read_string(in);
	location->linkage_name = read_string(in);
	location->file = read_string(in);
	location->line = read_uvarint32(in);
	location->function_line = read_uvarint32(in);
	if (!location->function)
		byte_reader_fail(in);
}

int wire_read_symbol(struct byte_reader *in, struct symbol *symbol,
		     struct location_vec *chain, struct error *err)
{
	uint64_t count;

	symbol->status = read_u8(in);
	count = read_uvarint(in);
	if (symbol->status > SYMBOL_REPLACED || count == 0 ||
	    count > WIRE_CHAIN_MAX ||
	    count > byte_reader_left(in) / LOCATION_MIN_BYTES)
		return error_set(err, ERROR_FORMAT, "a malformed symbol");
	chain->count = 0;
	for (uint64_t i = 0; i < count && !in->failed; i++)
		read_location(in, location_vec_add(chain));
	if (in->failed)
		return error_set(err, ERROR_FORMAT, "a malformed symbol");
	symbol->chain = chain->items;
	symbol->count = chain->count;
	return 0;
}
