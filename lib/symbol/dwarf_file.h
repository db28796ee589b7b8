/* SPDX-License-Identifier: MIT */
/* The DWARF of a module, with what dwz moved out of it. */
#ifndef CPROF_SYMBOL_DWARF_FILE_H
#define CPROF_SYMBOL_DWARF_FILE_H

#include "elf/debugfile.h"
#include "model/stack.h"
#include "symbol/files.h"

#include <elfutils/libdw.h>

struct dwarf_file {
	Dwarf *dwarf;
	Dwarf *alt;			/* NULL: it needs none */
	struct debug_file alt_file;
};

/*
 * Open what `files`, which must live longer, has of debug information.
 * ERROR_NOT_FOUND when that is nothing.
 */
int dwarf_file_open(struct dwarf_file *file, const struct symbol_files *files,
		    const struct module *module, struct error *err);
void dwarf_file_close(struct dwarf_file *file);

#endif
