/* SPDX-License-Identifier: MIT */
/*
 * Section headers for a file that was put together from memory.  Sections
 * are not loaded, but the dynamic segment tells where the symbols are.
 */
#ifndef CPROF_ELF_LOADED_H
#define CPROF_ELF_LOADED_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Append section headers for .dynsym and .dynstr to `fd`, in which each
 * segment lies at its file offset and no section header is.  `bias`: what
 * the dynamic linker added to the addresses in the dynamic segment.
 * False when there are no symbols, or nonsense; the file is as before then.
 */
bool elf_loaded_add_symbols(int fd, uint64_t bias);

#endif
