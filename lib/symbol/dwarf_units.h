/* SPDX-License-Identifier: MIT */
/*
 * Which unit of DWARF owns which code.  Taken from the ranges of every
 * unit's own entry: .debug_aranges leaves out what clang and rustc make.
 */
#ifndef CPROF_SYMBOL_DWARF_UNITS_H
#define CPROF_SYMBOL_DWARF_UNITS_H

#include "base/vec.h"

#include <elfutils/libdw.h>
#include <stdint.h>

struct dwarf_unit_range {
	uint64_t start;
	uint64_t end;
	uint32_t unit;
};

VEC_DEFINE(dwarf_unit_range_vec, struct dwarf_unit_range);
VEC_DEFINE(dwarf_die_vec, Dwarf_Die);

struct dwarf_units {
	struct dwarf_die_vec dies;		/* of units that own code */
	struct dwarf_unit_range_vec ranges;	/* sorted by start */
};

#define DWARF_UNITS_INIT { VEC_INIT, VEC_INIT }

/* `dwarf` must outlive `units`.  Malformed units are left out. */
void dwarf_units_read(struct dwarf_units *units, Dwarf *dwarf);

/* The index of the unit that owns `address`, or -1. */
int64_t dwarf_units_find(const struct dwarf_units *units, uint64_t address);

void dwarf_units_release(struct dwarf_units *units);

#endif
