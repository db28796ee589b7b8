/* SPDX-License-Identifier: MIT */
#include "elf/section.h"

#include "base/compiler.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum {
	NAMES_BYTES_MAX = 16 * 1024 * 1024,
	/* Deflate cannot shrink anything to less than 1/1032. */
	DEFLATE_RATIO_MAX = 1032,
	/* Ten times what the largest programs have. */
	SECTION_BYTES_MAX = 256 * 1024 * 1024
};

bool elf_file_read_into(const struct elf_file *file, uint64_t offset,
			void *data, size_t len)
{
	char *pos = data;

	if (offset > file->bytes || len > file->bytes - offset)
		return false;
	while (len > 0) {
		ssize_t got = pread(file->fd, pos, len, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		pos += got;
		offset += (uint64_t)got;
		len -= (size_t)got;
	}
	return true;
}

uint8_t *elf_file_read(const struct elf_file *file, uint64_t offset,
		       uint64_t len)
{
	uint8_t *data;

	if (len == 0 || len > SECTION_BYTES_MAX || offset > file->bytes ||
	    len > file->bytes - offset)
		return NULL;
	/* A sparse file may claim any size; memory is used as it is read. */
	data = malloc(len);
	if (!data)
		return NULL;
	if (!elf_file_read_into(file, offset, data, len)) {
		free(data);
		return NULL;
	}
	return data;
}

static void keep_section(struct elf_section_table *table,
			 const Elf64_Shdr *shdr, size_t names_len)
{
	if (shdr->sh_type == SHT_NOBITS || shdr->sh_type == SHT_NULL ||
	    shdr->sh_name >= names_len)
		return;
	table->items[table->count++] = (struct elf_section){
		.name = table->names + shdr->sh_name,
		.address = shdr->sh_addr,
		.offset = shdr->sh_offset,
		.bytes = shdr->sh_size,
		.compressed = shdr->sh_flags & SHF_COMPRESSED,
	};
}

static void read_names(struct elf_section_table *table,
		       const struct elf_file *file, const Elf64_Shdr *strings,
		       size_t *len)
{
	uint8_t *names;

	*len = 0;
	if (strings->sh_type != SHT_STRTAB ||
	    strings->sh_size > NAMES_BYTES_MAX)
		return;
	names = elf_file_read(file, strings->sh_offset, strings->sh_size);
	if (!names)
		return;
	names[strings->sh_size - 1] = '\0';
	table->names = (char *)names;
	*len = strings->sh_size;
}

void elf_section_table_read(struct elf_section_table *table,
			    const struct elf_file *file,
			    const Elf64_Ehdr *header)
{
	size_t count = header->e_shnum;
	Elf64_Shdr *shdrs;
	size_t names_len, i;

	memset(table, 0, sizeof(*table));
	if (count == 0 || header->e_shentsize != sizeof(*shdrs) ||
	    header->e_shstrndx >= count)
		return;
	shdrs = (Elf64_Shdr *)elf_file_read(file, header->e_shoff,
					    count * sizeof(*shdrs));
	if (!shdrs)
		return;
	read_names(table, file, &shdrs[header->e_shstrndx], &names_len);
	table->items = mem_calloc(count, sizeof(*table->items));
	for (i = 0; i < count; i++)
		keep_section(table, &shdrs[i], names_len);
	free(shdrs);
}

void elf_section_table_release(struct elf_section_table *table)
{
	free(table->items);
	free(table->names);
	memset(table, 0, sizeof(*table));
}

const struct elf_section *
elf_section_find(const struct elf_section_table *table, const char *name)
{
	size_t i;

	for (i = 0; i < table->count; i++)
		if (strcmp(table->items[i].name, name) == 0)
			return &table->items[i];
	return NULL;
}

/* Inflate `len` bytes to exactly `want` bytes of new memory, or NULL. */
static uint8_t *inflate_all(const uint8_t *data, size_t len, uint64_t want)
{
	uLongf got = (uLongf)want;
	uint8_t *out;

	if (want == 0 || want > SECTION_BYTES_MAX ||
	    want / DEFLATE_RATIO_MAX > len)
		return NULL;
	out = malloc(want);
	if (out && (uncompress(out, &got, data, len) != Z_OK || got != want)) {
		free(out);
		out = NULL;
	}
	return out;
}

/* The size behind the magic of the older form, which is big-endian. */
static uint64_t big_endian_u64(const uint8_t *bytes)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < 8; i++)
		value = value << 8 | bytes[i];
	return value;
}

static uint8_t *load_old_form(const struct elf_file *file,
			      const struct elf_section *section, size_t *len)
{
	uint8_t *raw = elf_file_read(file, section->offset, section->bytes);
	uint8_t *data = NULL;

	if (raw && section->bytes > 12 && memcmp(raw, "ZLIB", 4) == 0) {
		*len = big_endian_u64(raw + 4);
		data = inflate_all(raw + 12, section->bytes - 12, *len);
	}
	free(raw);
	return data;
}

static uint8_t *load_compressed(const struct elf_file *file,
				const struct elf_section *section,
				size_t *len)
{
	uint8_t *raw = elf_file_read(file, section->offset, section->bytes);
	uint8_t *data = NULL;
	Elf64_Chdr header;

	if (raw && section->bytes > sizeof(header)) {
		memcpy(&header, raw, sizeof(header));
		*len = header.ch_size;
		if (header.ch_type == ELFCOMPRESS_ZLIB)
			data = inflate_all(raw + sizeof(header),
					   section->bytes - sizeof(header),
					   header.ch_size);
	}
	free(raw);
	return data;
}

uint8_t *elf_section_load(const struct elf_file *file,
			  const struct elf_section_table *table,
			  const char *name, size_t *len)
{
	const struct elf_section *section = elf_section_find(table, name);
	char old_name[64];

	*len = 0;
	if (!section) {
		if (strncmp(name, ".debug_", 7) != 0)
			return NULL;
		snprintf(old_name, sizeof(old_name), ".z%s", name + 1);
		section = elf_section_find(table, old_name);
		return section ? load_old_form(file, section, len) : NULL;
	}
	if (section->compressed)
		return load_compressed(file, section, len);
	*len = section->bytes;
	return elf_file_read(file, section->offset, section->bytes);
}
