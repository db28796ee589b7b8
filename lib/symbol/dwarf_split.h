/* SPDX-License-Identifier: MIT */
/* Split DWARF: units whose functions are in a .dwo file. */
#ifndef CPROF_SYMBOL_DWARF_SPLIT_H
#define CPROF_SYMBOL_DWARF_SPLIT_H

#include <elfutils/libdw.h>
#include <stdbool.h>

/*
 * The entry of the unit that tells of the functions of `unit`: its own, or
 * for a skeleton that in the .dwo file, into `*out`.  False when that is
 * not there, or no regular file; `module` is the path of the program.
 */
bool dwarf_split_unit(Dwarf_Die *unit, const char *module, Dwarf_Die *out);

#endif
