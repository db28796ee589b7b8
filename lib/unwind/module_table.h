/* SPDX-License-Identifier: MIT */
/* How address spaces fill the table of modules. */
#ifndef CPROF_UNWIND_MODULE_TABLE_H
#define CPROF_UNWIND_MODULE_TABLE_H

#include "unwind/address_space.h"

#include <stdint.h>

/* What makes two files the same one. */
struct file_key {
	uint64_t dev;
	uint64_t inode;
	uint64_t bytes;
	uint64_t mtime_ns;
};

/* The module of that key, or ID_NONE. */
uint32_t module_table_lookup(const struct module_table *table,
			     const struct file_key *key);

/*
 * Define the module `path` of `kind`.  `fd` (-1: none) and `image` (NULL:
 * none) are taken.  When another file with the same name and build-id is
 * known, that one is returned and these are closed.
 */
uint32_t module_table_add(struct module_table *table,
			  const struct file_key *key, enum module_kind kind,
			  const char *path, int fd, struct elf_image *image);

/* The code that process `process` made at run time. */
uint32_t module_table_add_jit(struct module_table *table, pid_t pid,
			      uint32_t process);

/* Module `id` lies with this load bias in the process of module `jit`. */
void module_table_note_bias(struct module_table *table, uint32_t jit,
			    uint32_t id, uint64_t bias);

/* NULL when there is none. */
struct elf_image *module_table_image(const struct module_table *table,
				     uint32_t id);

#endif
