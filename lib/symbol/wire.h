/* SPDX-License-Identifier: MIT */
/*
 * What the recorder and the symbolizer process say to each other, as the
 * payloads of channel frames:
 *
 *	u8       enum wire_type
 *
 *	WIRE_MODULE, the module that the next questions are about; a
 *	descriptor comes with it when there is one:
 *	u8       level of caution (enum symbol_level)
 *	u8       kind
 *	u8       bytes of build-id, and the bytes
 *	uvarint  process
 *	string   path
 *
 *	WIRE_ASK:
 *	uvarint  number of addresses
 *	svarint  each one's difference to the one before
 *
 *	WIRE_BUSY: there is progress, wait.
 *
 *	WIRE_ANSWER, as many as it takes for one WIRE_ASK:
 *	uvarint  number of symbols, then for each, in the order asked:
 *	u8       status
 *	uvarint  number of locations, then for each:
 *	string   function
 *	string   linkage name
 *	string   file
 *	uvarint  line
 *	uvarint  line of the function
 *
 * A string is a uvarint, its bytes plus one, the bytes and a NUL; or a 0,
 * which is NULL.
 */
#ifndef CPROF_SYMBOL_WIRE_H
#define CPROF_SYMBOL_WIRE_H

#include "base/bytes.h"
#include "base/vec.h"
#include "model/stack.h"

enum wire_type {
	WIRE_MODULE = 1,
	WIRE_ASK = 2,
	WIRE_ANSWER = 3,
	WIRE_BUSY = 4
};

enum {
	WIRE_NAME_MAX = 64 * 1024,	/* longer names are cut */
	WIRE_CHAIN_MAX = 256,		/* locations of one symbol */
	WIRE_ASK_MAX = 1 << 20		/* addresses of one question */
};

/* How much of a module is read. */
enum symbol_level {
	LEVEL_ALL = 0,
	LEVEL_SYMBOLS = 1,	/* no debug information, no demangling */
	LEVEL_NOTHING = 2
};

VEC_DEFINE(location_vec, struct source_location);
VEC_DEFINE(address_vec, uint64_t);

void wire_write_module(struct byte_writer *out, const struct module *module,
		       enum symbol_level level);
void wire_write_ask(struct byte_writer *out, const uint64_t *addresses,
		    size_t count);

/* One symbol of an answer, without the answer's type and number. */
void wire_write_symbol(struct byte_writer *out, const struct symbol *symbol);

/* Strings are borrowed from the input.  All return 0, or -1 (FORMAT). */
int wire_read_module(struct byte_reader *in, struct module *module,
		     enum symbol_level *level, struct error *err);
int wire_read_ask(struct byte_reader *in, struct address_vec *out,
		  struct error *err);

/* `chain` is where the locations go, replacing what it held. */
int wire_read_symbol(struct byte_reader *in, struct symbol *symbol,
		     struct location_vec *chain, struct error *err);

#endif
