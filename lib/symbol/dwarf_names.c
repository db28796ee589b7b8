/* SPDX-License-Identifier: MIT */
#include "symbol/dwarf_names.h"

#include "base/strbuf.h"
#include "symbol/demangle.h"
#include "symbol/shorten.h"

#include <dwarf.h>
#include <stdbool.h>
#include <string.h>

enum {
	HOPS_MAX = 16,	/* from an instance to the first declaration */
	DEPTH_MAX = 64
};

void dwarf_names_release(struct dwarf_names *names)
{
	map64_release(&names->qualified);
	map64_release(&names->lines);
}

/* Follows DW_AT_abstract_origin and DW_AT_specification. */
static const char *origin_string(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attribute;
	const char *text;

	if (!dwarf_attr_integrate(die, name, &attribute))
		return NULL;
	text = dwarf_formstring(&attribute);
	return text && text[0] ? text : NULL;
}

const char *dwarf_linkage_name(Dwarf_Die *function)
{
	const char *name = origin_string(function, DW_AT_linkage_name);

	if (!name)
		name = origin_string(function, DW_AT_MIPS_linkage_name);
	return name && name_is_mangled(name) ? name : NULL;
}

static bool language_is_c(Dwarf_Die *unit)
{
	switch (dwarf_srclang(unit)) {
	case DW_LANG_C:
	case DW_LANG_C89:
	case DW_LANG_C99:
	case DW_LANG_C11:
	case DW_LANG_Mips_Assembler:
		return true;
	}
	return false;
}

/* The entry that stands where the function was declared first. */
static void declaration(Dwarf_Die *function, Dwarf_Die *out)
{
	*out = *function;
	for (int i = 0; i < HOPS_MAX; i++) {
		Dwarf_Attribute attribute;
		Dwarf_Die next;

		if (!dwarf_attr(out, DW_AT_abstract_origin, &attribute) &&
		    !dwarf_attr(out, DW_AT_specification, &attribute))
			return;
		if (!dwarf_formref_die(&attribute, &next))
			return;
		*out = next;
	}
}

/* The child of `parent` that is, or holds, the entry at `target`. */
static bool child_towards(Dwarf_Die *parent, Dwarf_Off target, Dwarf_Die *out)
{
	Dwarf_Off before = dwarf_dieoffset(parent);
	Dwarf_Die die, next;

	if (dwarf_child(parent, &die) != 0)
		return false;
	for (;;) {
		/* Only forward, or a bad sibling would keep us for ever. */
		if (dwarf_dieoffset(&die) <= before ||
		    dwarf_dieoffset(&die) > target)
			return false;
		before = dwarf_dieoffset(&die);
		if (dwarf_siblingof(&die, &next) != 0 ||
		    dwarf_dieoffset(&next) > target) {
			*out = die;
			return true;
		}
		die = next;
	}
}

static void add_scope(struct strbuf *out, Dwarf_Die *die, const char *unnamed)
{
	const char *name = origin_string(die, DW_AT_name);

	switch (dwarf_tag(die)) {
	case DW_TAG_namespace:
		strbuf_add(out, name ? name : "(anonymous namespace)");
		break;
	case DW_TAG_class_type:
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
	case DW_TAG_enumeration_type:
	case DW_TAG_interface_type:
	case DW_TAG_module:
	case DW_TAG_subprogram:
		strbuf_add(out, name ? name : unnamed);
		break;
	default:
		return;
	}
	strbuf_add(out, "::");
}

static void qualify(struct strbuf *out, Dwarf_Die *unit, Dwarf_Off target,
		    const char *unnamed)
{
	Dwarf_Die die = *unit;

	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		Dwarf_Die child;

		if (!child_towards(&die, target, &child) ||
		    dwarf_dieoffset(&child) == target)
			return;
		add_scope(out, &child, unnamed);
		die = child;
	}
}

const char *dwarf_source_name(struct dwarf_names *names, Dwarf_Die *function)
{
	struct strbuf text = STRBUF_INIT;
	struct strbuf shorter = STRBUF_INIT;
	const char *name = origin_string(function, DW_AT_name);
	Dwarf_Die first, unit;
	uint64_t known;

	if (!name)
		return NULL;
	declaration(function, &first);
	if (!dwarf_diecu(&first, &unit, NULL, NULL) || language_is_c(&unit))
		return name;
	if (map64_get(&names->qualified, (uintptr_t)first.addr, &known))
		return (const char *)(uintptr_t)known;
	qualify(&text, &unit, dwarf_dieoffset(&first),
		strcmp(name, "operator()") == 0 ? "{lambda}" : "(anonymous)");
	strbuf_add(&text, name);
	shorten_cxx_name(&shorter, strbuf_text(&text));
	name = arena_strdup(names->arena, strbuf_text(&shorter));
	map64_put(&names->qualified, (uintptr_t)first.addr, (uintptr_t)name);
	strbuf_release(&text);
	strbuf_release(&shorter);
	return name;
}

static uint32_t declared_line(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value;

	if (!dwarf_attr_integrate(die, DW_AT_decl_line, &attribute) ||
	    dwarf_formudata(&attribute, &value) != 0 || value > INT32_MAX)
		return 0;
	return value;
}

/* The line of what is around the entry at `target`, if that is a class. */
static uint32_t class_line(Dwarf_Die *unit, Dwarf_Off target)
{
	Dwarf_Die die = *unit;

	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		Dwarf_Die child;

		if (!child_towards(&die, target, &child))
			return 0;
		if (dwarf_dieoffset(&child) == target)
			break;
		die = child;
	}
	switch (dwarf_tag(&die)) {
	case DW_TAG_class_type:
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
		return declared_line(&die);
	}
	return 0;
}

uint32_t dwarf_function_line(struct dwarf_names *names, Dwarf_Die *function)
{
	uint32_t line = declared_line(function);
	Dwarf_Die first, unit;
	uint64_t known;

	if (line)
		return line;
	declaration(function, &first);
	if (!dwarf_diecu(&first, &unit, NULL, NULL) || language_is_c(&unit))
		return 0;
	if (map64_get(&names->lines, (uintptr_t)first.addr, &known))
		return known;
	line = class_line(&unit, dwarf_dieoffset(&first));
	map64_put(&names->lines, (uintptr_t)first.addr, line);
	return line;
}
