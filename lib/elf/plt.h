/* SPDX-License-Identifier: MIT */
/* Linkage stubs of x86-64: through which of them is whom called? */
#ifndef CPROF_ELF_PLT_H
#define CPROF_ELF_PLT_H

#include "base/map64.h"
#include "base/vec.h"

#include <gelf.h>
#include <stdint.h>

struct plt_section {
	uint64_t start;
	uint64_t end;
	uint64_t stub_bytes;
	const uint8_t *data;
	size_t data_len;
};

VEC_DEFINE(plt_section_vec, struct plt_section);

struct elf_plt {
	struct plt_section_vec sections;
	struct map64 slots;	/* GOT slot to name, borrowed from the Elf */
};

#define ELF_PLT_INIT { VEC_INIT, MAP64_INIT }

/* Read the stubs of `elf`, which must outlive `plt`. */
void elf_plt_read(struct elf_plt *plt, Elf *elf);

/*
 * The function that the stub at `address` goes to.  "" when there is a stub
 * but nobody knows whose, NULL when there is none.
 */
const char *elf_plt_find(const struct elf_plt *plt, uint64_t address);

void elf_plt_release(struct elf_plt *plt);

#endif
