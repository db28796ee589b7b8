/* SPDX-License-Identifier: MIT */
#include "elf/needed.h"

#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum {
	SEGMENTS_MAX = 64,
	ENTRIES_MAX = 256,
	NAME_BYTES = 64
};

static bool read_all(int fd, void *data, size_t bytes, uint64_t offset)
{
	return offset < INT64_MAX &&
	       pread(fd, data, bytes, (off_t)offset) == (ssize_t)bytes;
}

/* Where an address lies in the file; 0: nowhere. */
static uint64_t file_offset(const Elf64_Phdr *segments, size_t count,
			    uint64_t address)
{
	for (size_t i = 0; i < count; i++) {
		const Elf64_Phdr *segment = &segments[i];

		if (segment->p_type == PT_LOAD &&
		    address >= segment->p_vaddr &&
		    address - segment->p_vaddr < segment->p_filesz)
			return segment->p_offset + (address -
						    segment->p_vaddr);
	}
	return 0;
}

static bool name_fits(int fd, uint64_t offset, const char *prefix)
{
	char name[NAME_BYTES] = "";

	if (offset >= INT64_MAX ||
	    pread(fd, name, sizeof(name) - 1, (off_t)offset) <= 0)
		return false;
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

static bool dynamic_needs(int fd, const Elf64_Phdr *segments, size_t count,
			  const Elf64_Phdr *dynamic, const char *prefix)
{
	Elf64_Dyn entries[ENTRIES_MAX];
	size_t used = dynamic->p_filesz / sizeof(*entries);
	uint64_t names = 0;

	used = used < ENTRIES_MAX ? used : ENTRIES_MAX;
	if (!used || !read_all(fd, entries, used * sizeof(*entries),
			       dynamic->p_offset))
		return false;
	for (size_t i = 0; i < used; i++) {
		if (entries[i].d_tag == DT_STRTAB)
			names = file_offset(segments, count,
					    entries[i].d_un.d_ptr);
	}
	for (size_t i = 0; names && i < used; i++) {
		if (entries[i].d_tag == DT_NEEDED &&
		    name_fits(fd, names + entries[i].d_un.d_val, prefix))
			return true;
	}
	return false;
}

bool elf_needs(int fd, const char *prefix)
{
	Elf64_Phdr segments[SEGMENTS_MAX];
	Elf64_Ehdr header;

	if (!read_all(fd, &header, sizeof(header), 0) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
	    header.e_ident[EI_CLASS] != ELFCLASS64 ||
	    header.e_phentsize != sizeof(*segments) ||
	    header.e_phnum > SEGMENTS_MAX ||
	    !read_all(fd, segments, header.e_phnum * sizeof(*segments),
		      header.e_phoff))
		return false;
	for (size_t i = 0; i < header.e_phnum; i++) {
		if (segments[i].p_type == PT_DYNAMIC)
			return dynamic_needs(fd, segments, header.e_phnum,
					     &segments[i], prefix);
	}
	return false;
}
