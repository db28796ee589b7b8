/* SPDX-License-Identifier: MIT */
/*
 * Functions, lines and inlined callers from DWARF.  libdw's own look-ups
 * scan for each address anew; so all the wanted addresses of a unit are
 * answered together, by one pass over its entries and its line table.
 */
#include "symbol/dwarf_file.h"
#include "symbol/dwarf_scopes.h"
#include "symbol/dwarf_split.h"
#include "symbol/dwarf_units.h"
#include "symbol/files.h"
#include "symbol/source.h"

#include <elfutils/libdw.h>
#include <stdlib.h>

VEC_DEFINE(dwarf_place_vec, struct dwarf_place);

struct line_table {
	Dwarf_Lines *lines;
	size_t count;
	Dwarf_Files *files;
	size_t file_count;
};

static void line_table_read(struct line_table *table, Dwarf_Die *unit)
{
	*table = (struct line_table){ .count = 0 };
	if (dwarf_getsrclines(unit, &table->lines, &table->count) != 0)
		table->count = 0;
}

/* The unit with the functions has its own numbers for files. */
static void line_table_read_files(struct line_table *table, Dwarf_Die *unit)
{
	if (dwarf_getsrcfiles(unit, &table->files, &table->file_count) != 0)
		table->file_count = 0;
}

static uint64_t line_address(const struct line_table *table, size_t i)
{
	Dwarf_Addr address = 0;

	dwarf_lineaddr(dwarf_onesrcline(table->lines, i), &address);
	return address;
}

/* The row that `address` belongs to, or NULL. */
static Dwarf_Line *line_find(const struct line_table *table, uint64_t address)
{
	size_t low = 0, high = table->count;
	Dwarf_Line *line;
	bool ends = true;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (line_address(table, mid) <= address)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low)
		return NULL;
	line = dwarf_onesrcline(table->lines, low - 1);
	dwarf_lineendsequence(line, &ends);
	return ends ? NULL : line;
}

static const char *file_name(struct symbol_job *job,
			     const struct line_table *table, uint32_t index)
{
	if (index >= table->file_count)
		return NULL;
	return symbol_job_string(job, dwarf_filesrc(table->files, index,
						    NULL, NULL));
}

static void set_line(struct symbol_job *job, struct source_location *location,
		     Dwarf_Line *line)
{
	int number = 0;

	if (!line)
		return;
	dwarf_lineno(line, &number);
	location->line = number > 0 ? number : 0;
	location->file = symbol_job_string(job,
					   dwarf_linesrc(line, NULL, NULL));
}

static void set_name(struct symbol_job *job, struct source_location *location,
		     const struct dwarf_scope *scope)
{
	static const char inlined[] = "[inlined function]";

	location->linkage_name = symbol_job_string(job, scope->linkage_name);
	location->function = symbol_job_string(job, scope->name);
	if (scope->caller && !scope->linkage_name && !scope->name)
		location->function = inlined;
}

static void fill_query(struct symbol_job *job, struct symbol_query *query,
		       const struct dwarf_scope *scope, Dwarf_Line *line,
		       const struct line_table *table)
{
	struct source_location *at;

	if (!scope && !line)
		return;
	query->count = scope ? scope->depth + 1 : 1;
	at = arena_alloc(job->arena, query->count * sizeof(*at));
	query->chain = at;
	set_line(job, at, line);
	for (; scope; scope = scope->caller, at++) {
		set_name(job, at, scope);
		at->function_line = scope->line;
		if (!scope->caller)
			break;
		at[1].line = scope->call_line;
		at[1].file = file_name(job, table, scope->call_file);
	}
	if (!job->inlines) {
		query->chain += query->count - 1;
		query->count = 1;
	}
	if (symbol_query_named(query))
		query->status = SYMBOL_OK;
}

static void resolve_unit(struct symbol_job *job, Dwarf_Die *unit,
			 struct dwarf_place *places, size_t count)
{
	struct line_table table;
	Dwarf_Die functions;

	line_table_read(&table, unit);
	if (dwarf_split_unit(unit, job->module->path, &functions)) {
		line_table_read_files(&table, &functions);
		dwarf_scopes_find(&functions, places, count, job->arena);
	}
	for (size_t i = 0; i < count; i++) {
		struct symbol_query *query = &job->queries[places[i].query];

		fill_query(job, query, places[i].scope,
			   line_find(&table, query->address), &table);
	}
}

static int compare_places(const void *left, const void *right)
{
	const struct dwarf_place *a = left, *b = right;

	if (a->unit != b->unit)
		return a->unit < b->unit ? -1 : 1;
	return a->address < b->address ? -1 : a->address > b->address;
}

static void place_queries(struct symbol_job *job,
			  const struct dwarf_units *units,
			  struct dwarf_place_vec *places)
{
	for (size_t i = 0; i < job->count; i++) {
		const uint64_t address = job->queries[i].address;
		int64_t unit = dwarf_units_find(units, address);
		struct dwarf_place place = {
			.address = address, .query = i, .unit = unit,
		};

		if (unit >= 0)
			dwarf_place_vec_push(places, place);
	}
	if (places->count)
		qsort(places->items, places->count, sizeof(*places->items),
		      compare_places);
}

static void resolve_all(struct symbol_job *job, Dwarf *dwarf)
{
	struct dwarf_units units = DWARF_UNITS_INIT;
	struct dwarf_place_vec places = VEC_INIT;
	size_t next;

	dwarf_units_read(&units, dwarf);
	place_queries(job, &units, &places);
	for (size_t i = 0; i < places.count; i = next) {
		const uint32_t unit = places.items[i].unit;

		for (next = i; next < places.count &&
		     places.items[next].unit == unit; next++)
			;
		resolve_unit(job, &units.dies.items[unit], &places.items[i],
			     next - i);
		job->progress(job);
	}
	dwarf_place_vec_release(&places);
	dwarf_units_release(&units);
}

static void dwarf_resolve(struct symbol_job *job)
{
	struct dwarf_file file;

	if (dwarf_file_open(&file, job->files, job->module, NULL))
		return;
	resolve_all(job, file.dwarf);
	dwarf_file_close(&file);
}

const struct symbol_source_ops dwarf_source_ops = {
	.name = "dwarf",
	.level = LEVEL_ALL,
	.resolve = dwarf_resolve,
};
