/* SPDX-License-Identifier: MIT */
/* Which libraries a program asks the dynamic linker for. */
#ifndef CPROF_ELF_NEEDED_H
#define CPROF_ELF_NEEDED_H

#include <stdbool.h>

/*
 * Does the ELF file `fd` need a library whose name begins with `prefix`?
 * False also for what is no ELF file of x86-64, or nonsense.
 */
bool elf_needs(int fd, const char *prefix);

#endif
