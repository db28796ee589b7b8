/* SPDX-License-Identifier: MIT */
#include "symbol/dwarf_scopes.h"

#include "base/compiler.h"
#include "base/search.h"
#include "symbol/dwarf_names.h"

#include <dwarf.h>
#include <stdbool.h>

enum {
	DEPTH_MAX = 256,	/* of entries within entries */
	CALLERS_MAX = 128,
	RANGES_MAX = 4096	/* of one function */
};

struct scope_walk {
	struct dwarf_place *places;
	size_t count;
	struct arena *arena;
	struct dwarf_names names;
	Dwarf_Off last;		/* the entry seen last */
	/* Also look where compilers seldom put code: into types, and into
	 * functions that have no wanted address for others nested there. */
	bool thorough;
};

static uint32_t attribute_number(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value;

	if (!dwarf_attr(die, name, &attribute) ||
	    dwarf_formudata(&attribute, &value) != 0 || value > INT32_MAX)
		return 0;
	return value;
}

static struct dwarf_scope *scope_new(struct scope_walk *walk, Dwarf_Die *die,
				     const struct dwarf_scope *caller)
{
	struct dwarf_scope *scope = arena_alloc(walk->arena, sizeof(*scope));

	scope->caller = caller;
	scope->linkage_name = dwarf_linkage_name(die);
	if (!scope->linkage_name)
		scope->name = dwarf_source_name(&walk->names, die);
	scope->line = dwarf_function_line(&walk->names, die);
	if (caller) {
		scope->depth = caller->depth + 1;
		scope->call_file = attribute_number(die, DW_AT_call_file);
		scope->call_line = attribute_number(die, DW_AT_call_line);
	}
	return scope;
}

/* The first place at or after `address`. */
static size_t first_place(const struct scope_walk *walk, uint64_t address)
{
	return search_from(walk->places, walk->count, sizeof(*walk->places),
			   address);
}

/*
 * Put the places in the ranges of `die` that are in `caller` (NULL: in no
 * function yet) into a new scope.  NULL when there are none.
 */
static const struct dwarf_scope *enter(struct scope_walk *walk, Dwarf_Die *die,
				       const struct dwarf_scope *caller)
{
	struct dwarf_scope *scope = NULL;
	Dwarf_Addr base = 0, start, end;
	ptrdiff_t offset = 0;

	for (int i = 0; i < RANGES_MAX; i++) {
		offset = dwarf_ranges(die, offset, &base, &start, &end);
		if (offset <= 0)
			break;
		for (size_t at = first_place(walk, start); at < walk->count &&
		     walk->places[at].address < end; at++) {
			if (walk->places[at].scope != caller)
				continue;
			if (!scope)
				scope = scope_new(walk, die, caller);
			walk->places[at].scope = scope;
		}
	}
	return scope;
}

static void walk_children(struct scope_walk *walk, Dwarf_Die *parent,
			  const struct dwarf_scope *scope, int depth);

/* `scope` is the function around, NULL outside of functions. */
static void walk_entry(struct scope_walk *walk, Dwarf_Die *die,
		       const struct dwarf_scope *scope, int depth)
{
	const struct dwarf_scope *inner;

	switch (dwarf_tag(die)) {
	case DW_TAG_subprogram:
		inner = enter(walk, die, NULL);
		if (inner || walk->thorough)
			walk_children(walk, die, inner, depth);
		return;
	case DW_TAG_inlined_subroutine:
		if (!scope || scope->depth >= CALLERS_MAX)
			return;
		inner = enter(walk, die, scope);
		if (inner)
			walk_children(walk, die, inner, depth);
		return;
	case DW_TAG_lexical_block:
	case DW_TAG_try_block:
	case DW_TAG_catch_block:
	case DW_TAG_with_stmt:
		if (scope || walk->thorough)
			walk_children(walk, die, scope, depth);
		return;
	case DW_TAG_namespace:
	case DW_TAG_module:
		walk_children(walk, die, scope, depth);
		return;
	case DW_TAG_class_type:
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
	case DW_TAG_enumeration_type:
		if (walk->thorough)
			walk_children(walk, die, NULL, depth);
		return;
	}
}

/*
 * libdw follows DW_AT_sibling wherever it leads.  In a sound unit every step
 * of the walk leads forward; only those are taken, so it ends, and no entry
 * is seen twice.
 */
static void walk_children(struct scope_walk *walk, Dwarf_Die *parent,
			  const struct dwarf_scope *scope, int depth)
{
	Dwarf_Die die;

	if (depth >= DEPTH_MAX || dwarf_child(parent, &die) != 0)
		return;
	while (dwarf_dieoffset(&die) > walk->last) {
		walk->last = dwarf_dieoffset(&die);
		walk_entry(walk, &die, scope, depth + 1);
		if (dwarf_siblingof(&die, &die) != 0)
			return;
	}
}

static bool any_open(const struct scope_walk *walk)
{
	for (size_t i = 0; i < walk->count; i++) {
		if (!walk->places[i].scope)
			return true;
	}
	return false;
}

void dwarf_scopes_find(Dwarf_Die *unit, struct dwarf_place *places,
		       size_t count, struct arena *arena)
{
	struct scope_walk walk = {
		.places = places, .count = count, .arena = arena,
		.names = DWARF_NAMES_INIT(arena),
	};

	walk.last = dwarf_dieoffset(unit);
	walk_children(&walk, unit, NULL, 0);
	if (any_open(&walk)) {
		walk.thorough = true;
		walk.last = dwarf_dieoffset(unit);
		walk_children(&walk, unit, NULL, 0);
	}
	dwarf_names_release(&walk.names);
}
