/* SPDX-License-Identifier: MIT */
/* What an entry of DWARF that is a function is called. */
#ifndef CPROF_SYMBOL_DWARF_NAMES_H
#define CPROF_SYMBOL_DWARF_NAMES_H

#include "base/arena.h"
#include "base/map64.h"

#include <elfutils/libdw.h>

struct dwarf_names {
	struct map64 qualified;	/* address of an entry to its name */
	struct map64 lines;	/* ... to the line of its class */
	struct arena *arena;
};

/* Names that are made live in `arena`. */
#define DWARF_NAMES_INIT(arena) { MAP64_INIT, MAP64_INIT, (arena) }

void dwarf_names_release(struct dwarf_names *names);

/*
 * The mangled name for the linker, of C++ or Rust; NULL for what it never
 * sees.  Others tell less than the name in the source ("__GI___libc_malloc").
 */
const char *dwarf_linkage_name(Dwarf_Die *function);

/*
 * The name in the source, with the namespaces, types and functions around
 * it in front unless the language is C: "shape::(anonymous namespace)::area".
 * NULL when it has none.
 */
const char *dwarf_source_name(struct dwarf_names *names, Dwarf_Die *function);

/*
 * The line on which it is declared; for functions that nobody wrote, those
 * of lambdas among them, that of their class.  0: not known.
 */
uint32_t dwarf_function_line(struct dwarf_names *names, Dwarf_Die *function);

#endif
