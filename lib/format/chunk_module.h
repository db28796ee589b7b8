/* SPDX-License-Identifier: MIT */
/* Rows of MODU and SYMB chunks: what carries names. */
#ifndef CPROF_FORMAT_CHUNK_MODULE_H
#define CPROF_FORMAT_CHUNK_MODULE_H

#include "format/chunk_string.h"
#include "model/stack.h"

void module_encode(struct byte_writer *out, const struct module *module,
		   uint32_t path_id);
/* False when the row cannot be read; chunk_finish() tells why. */
bool module_decode(struct byte_reader *in, struct string_table *strings,
		   struct module *out);

/* Longer chains of inlined functions are cut, at the innermost end. */
enum { SYMBOL_CHAIN_MAX = 1024 };

VEC_DEFINE(location_vec, struct source_location);

/*
 * `previous` is the frame of the row before, 0 for the first.  Strings are
 * added to `strings`.
 */
void symbol_encode(struct byte_writer *out, const struct symbol *symbol,
		   uint32_t previous, struct intern *strings);

/* The chain goes into `chain`, which is emptied first. */
bool symbol_decode(struct byte_reader *in, struct string_table *strings,
		   uint32_t previous, struct location_vec *chain,
		   struct symbol *out);

/* The id of `text` in `strings`, cut to what may be stored; NULL is "". */
uint32_t profile_string_id(struct intern *strings, const char *text);

#endif
