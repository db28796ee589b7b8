/* SPDX-License-Identifier: MIT */
/* Pieces and sections of an ELF file, read with every offset checked. */
#ifndef CPROF_ELF_SECTION_H
#define CPROF_ELF_SECTION_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf_file {
	int fd;			/* borrowed */
	uint64_t bytes;		/* its size when it was opened */
};

/* Read exactly `len` bytes; false when the file does not have them. */
bool elf_file_read_into(const struct elf_file *file, uint64_t offset,
			void *data, size_t len);

/* The same into new memory, which the caller free()s; NULL on failure. */
uint8_t *elf_file_read(const struct elf_file *file, uint64_t offset,
		       uint64_t len);

struct elf_section {
	const char *name;
	uint64_t address;
	uint64_t offset;
	uint64_t bytes;
	bool compressed;
};

/* The sections that have bytes in the file. */
struct elf_section_table {
	struct elf_section *items;
	size_t count;
	char *names;
};

/* Leaves the table empty when the headers make no sense. */
void elf_section_table_read(struct elf_section_table *table,
			    const struct elf_file *file,
			    const Elf64_Ehdr *header);
void elf_section_table_release(struct elf_section_table *table);

/* NULL when there is none. */
const struct elf_section *
elf_section_find(const struct elf_section_table *table, const char *name);

/*
 * The bytes of section `name`, decompressed (zlib, also the older form
 * named .zdebug_...), for the caller to free(); NULL when there are none.
 */
uint8_t *elf_section_load(const struct elf_file *file,
			  const struct elf_section_table *table,
			  const char *name, size_t *len);

#endif
