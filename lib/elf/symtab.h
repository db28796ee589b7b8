/* SPDX-License-Identifier: MIT */
/*
 * The functions that symbol tables tell of, as disjoint ranges in order of
 * address, each with the one name of its aliases that people use.
 */
#ifndef CPROF_ELF_SYMTAB_H
#define CPROF_ELF_SYMTAB_H

#include "base/vec.h"

#include <gelf.h>
#include <stdint.h>

struct elf_symbol {
	uint64_t start;
	uint64_t end;		/* first address behind it */
	const char *name;	/* borrowed from its Elf */
	uint32_t rank;		/* lower is a better name */
	uint32_t sized;		/* the file says where it ends */
};

VEC_DEFINE(elf_symbol_vec, struct elf_symbol);

struct elf_symtab {
	struct elf_symbol_vec raw;	/* as added */
	struct elf_symbol_vec flat;	/* sorted and disjoint */
};

#define ELF_SYMTAB_INIT { VEC_INIT, VEC_INIT }

/*
 * Add the symbols of code in the tables of `elf`: .symtab and .dynsym.
 * Malformed ones are left out.  `elf` must outlive the table.
 */
void elf_symtab_add(struct elf_symtab *table, Elf *elf);

/* Make the table searchable; after the last elf_symtab_add(). */
void elf_symtab_finish(struct elf_symtab *table);

/*
 * The symbol whose range holds `address`, or NULL.  An unsized symbol
 * reaches to the next one or the end of its section.
 */
const struct elf_symbol *elf_symtab_find(const struct elf_symtab *table,
					 uint64_t address);

void elf_symtab_release(struct elf_symtab *table);

#endif
