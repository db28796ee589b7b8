/* SPDX-License-Identifier: MIT */
#include "elf/go_roots.h"

#include "base/bytes.h"
#include "base/compiler.h"

#include <string.h>

enum {
	MAGIC_116 = 0xfffffffa,
	MAGIC_118 = 0xfffffff0,
	MAGIC_120 = 0xfffffff1
};

struct table {
	const uint8_t *data;
	size_t len;
	bool wide;		/* 1.16: entries are absolute addresses */
	uint64_t count;		/* of functions */
	uint64_t text;
	uint64_t names;		/* offsets into `data` */
	uint64_t functions;
};

/* Offsets of stack switches and starts, as runtime.topofstack knows them. */
static const char *const root_names[] = {
	"runtime.goexit", "runtime.mstart", "runtime.mcall",
	"runtime.rt0_go", "runtime.morestack", "runtime.systemstack",
	"runtime.asmcgocall",
};

static struct byte_reader reader_at(const struct table *table, uint64_t pos)
{
	struct byte_reader in;

	if (pos > table->len) {
		in = byte_reader_of(table->data, 0);
		byte_reader_fail(&in);
		return in;
	}
	return byte_reader_of(table->data + pos, table->len - (size_t)pos);
}

static bool read_header(struct table *table, uint64_t text)
{
	struct byte_reader in = reader_at(table, 0);
	uint32_t magic = read_u32le(&in);

	read_u16le(&in);
	read_u8(&in);
	if (read_u8(&in) != 8)
		return false;
	table->wide = magic == MAGIC_116;
	if (!table->wide && magic != MAGIC_118 && magic != MAGIC_120)
		return false;
	table->count = read_u64le(&in);
	read_u64le(&in);	/* files */
	table->text = table->wide ? 0 : read_u64le(&in);
	if (table->text == 0 && !table->wide)
		table->text = text;	/* it is relocated when loaded */
	table->names = read_u64le(&in);
	read_u64le(&in);	/* compilation units */
	read_u64le(&in);	/* files */
	read_u64le(&in);	/* pc tables */
	table->functions = read_u64le(&in);
	return !in.failed && table->count < table->len / 8;
}

/* Entry `index` of the function table: its address and its description. */
static bool read_function(const struct table *table, uint64_t index,
			  uint64_t *address, uint64_t *offset)
{
	uint64_t pos = index * (table->wide ? 16 : 8);
	struct byte_reader in;

	if (table->functions > table->len)
		return false;
	in = reader_at(table, table->functions + pos);
	if (table->wide) {
		*address = read_u64le(&in);
		*offset = read_u64le(&in);
	} else {
		*address = table->text + read_u32le(&in);
		*offset = read_u32le(&in);
	}
	return !in.failed;
}

/* Names may end in ".abi0", which tells how it is called. */
static bool is_root(const struct table *table, uint64_t function)
{
	struct byte_reader in;
	uint32_t name_pos;

	if (function > table->len)
		return false;
	in = reader_at(table, table->functions + function);
	if (table->wide)
		read_u64le(&in);
	else
		read_u32le(&in);
	name_pos = read_u32le(&in);
	if (in.failed || table->names > table->len)
		return false;
	in = reader_at(table, table->names + name_pos);
	for (size_t i = 0; i < ARRAY_SIZE(root_names); i++) {
		size_t len = strlen(root_names[i]);

		if (byte_reader_left(&in) > len + 5 &&
		    memcmp(in.pos, root_names[i], len) == 0 &&
		    (in.pos[len] == '\0' ||
		     memcmp(in.pos + len, ".abi0", 6) == 0))
			return true;
	}
	return false;
}

void go_roots_read(struct go_roots *roots, const uint8_t *data, size_t len,
		   uint64_t text)
{
	struct table table = { .data = data, .len = len };
	uint64_t start, end, offset, next;

	roots->count = 0;
	if (!read_header(&table, text))
		return;
	for (uint64_t i = 0; i < table.count; i++) {
		if (!read_function(&table, i, &start, &offset))
			return;
		if (!is_root(&table, offset))
			continue;
		/* One more address than functions closes the table. */
		if (i + 1 < table.count) {
			if (!read_function(&table, i + 1, &end, &next))
				return;
		} else {
			end = start + 1;
		}
		roots->ranges[roots->count].start = start;
		roots->ranges[roots->count].end = end;
		if (++roots->count == GO_ROOTS_MAX)
			return;
	}
}

bool go_roots_hold(const struct go_roots *roots, uint64_t address)
{
	for (size_t i = 0; i < roots->count; i++)
		if (address >= roots->ranges[i].start &&
		    address < roots->ranges[i].end)
			return true;
	return false;
}
