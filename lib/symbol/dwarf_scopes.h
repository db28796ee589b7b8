/* SPDX-License-Identifier: MIT */
/*
 * Which functions, inlined into one another, a place in code belongs to.
 * One pass over the entries of a unit, which steps over every function that
 * has none of the wanted addresses.
 */
#ifndef CPROF_SYMBOL_DWARF_SCOPES_H
#define CPROF_SYMBOL_DWARF_SCOPES_H

#include "base/arena.h"

#include <elfutils/libdw.h>
#include <stdint.h>

/* A function: the physical one, or one inlined into its caller. */
struct dwarf_scope {
	const struct dwarf_scope *caller;	/* NULL: the physical one */
	const char *linkage_name;
	const char *name;	/* in the source, where that is NULL */
	uint32_t line;		/* of the declaration */
	uint32_t call_file;	/* index into the unit's files */
	uint32_t call_line;
	uint32_t depth;		/* number of callers */
};

/* One wanted address; `scope` becomes the innermost one, or stays NULL. */
struct dwarf_place {
	uint64_t address;
	const struct dwarf_scope *scope;
	uint32_t query;		/* the caller's */
	uint32_t unit;		/* the caller's */
};

/*
 * Find the scopes of `count` places, sorted by address, in the unit with
 * the entry `unit`.  Scopes live in `arena`, names in the Dwarf.
 */
void dwarf_scopes_find(Dwarf_Die *unit, struct dwarf_place *places,
		       size_t count, struct arena *arena);

#endif
