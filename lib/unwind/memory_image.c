/* SPDX-License-Identifier: MIT */
#include "unwind/memory_image.h"

#include "base/mem.h"
#include "elf/loaded.h"
#include "unwind/process_files.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	PHDRS_MAX = 64,
	IMAGE_BYTES_MAX = 512 * 1024 * 1024,	/* all segments together */
	COPY_BYTES = 256 * 1024
};

/*
 * Copy memory to `offset` of `fd`; how many bytes went well.  A hole in the
 * memory ends the copy: what lies behind it is not worth guessing.
 */
static size_t copy_range(pid_t pid, uint64_t address, uint64_t len, int fd,
			 uint64_t offset)
{
	char *buf = mem_alloc(COPY_BYTES);
	uint64_t done = 0;

	while (done < len) {
		size_t part = (size_t)MIN(len - done, (uint64_t)COPY_BYTES);
		size_t got = process_memory_read(pid, address + done, buf,
						 part);

		if (got == 0 ||
		    pwrite(fd, buf, got, (off_t)(offset + done)) !=
			    (ssize_t)got)
			break;
		done += got;
		if (got < part)
			break;
	}
	free(buf);
	return (size_t)done;
}

int memory_image_copy(pid_t pid, uint64_t address, size_t len)
{
	int fd = memfd_create("cprof-module", MFD_CLOEXEC);

	if (fd >= 0 && copy_range(pid, address, len, fd, 0) != len) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Where the first bytes of the file are mapped; 0 when nowhere. */
static uint64_t find_base(pid_t pid, const struct proc_map *map)
{
	struct proc_maps all = PROC_MAPS_INIT;
	uint64_t base = 0;
	size_t i;

	if (proc_maps_read(&all, pid, PROC_MAPS_ALL, NULL))
		return 0;
	for (i = 0; i < all.maps.count; i++) {
		const struct proc_map *other = &all.maps.items[i];

		if (other->start > map->start)
			break;
		if (other->offset == 0 && other->inode == map->inode &&
		    other->dev_major == map->dev_major &&
		    other->dev_minor == map->dev_minor &&
		    strcmp(other->path, map->path) == 0)
			base = other->start;
	}
	proc_maps_release(&all);
	return base;
}

static bool valid_header(const Elf64_Ehdr *header)
{
	return memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
	       header->e_ident[EI_CLASS] == ELFCLASS64 &&
	       header->e_machine == EM_X86_64 &&
	       header->e_phentsize == sizeof(Elf64_Phdr) &&
	       header->e_phnum > 0 && header->e_phnum <= PHDRS_MAX;
}

/* ELF address of the first byte of the file. */
static bool first_address(const Elf64_Phdr *phdrs, size_t count,
			  uint64_t *address)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (phdrs[i].p_type == PT_LOAD && phdrs[i].p_offset == 0) {
			*address = phdrs[i].p_vaddr;
			return true;
		}
	}
	return false;
}

static bool copy_segments(pid_t pid, uint64_t base, const Elf64_Ehdr *header,
			  const Elf64_Phdr *phdrs, int fd)
{
	Elf64_Ehdr plain = *header;
	uint64_t room = IMAGE_BYTES_MAX;
	uint64_t first, end = 0;
	size_t i;

	if (!first_address(phdrs, header->e_phnum, &first))
		return false;
	for (i = 0; i < header->e_phnum; i++) {
		const Elf64_Phdr *phdr = &phdrs[i];

		/* They ascend (gabi), so that no memory is copied twice. */
		if (phdr->p_type != PT_LOAD || phdr->p_vaddr < end ||
		    phdr->p_filesz > room ||
		    phdr->p_offset > INT64_MAX - IMAGE_BYTES_MAX)
			continue;
		end = phdr->p_vaddr + phdr->p_filesz;
		room -= phdr->p_filesz;
		copy_range(pid, base + (phdr->p_vaddr - first),
			   phdr->p_filesz, fd, phdr->p_offset);
	}
	/* The section headers are not loaded, so there are none now. */
	plain.e_shoff = 0;
	plain.e_shnum = 0;
	plain.e_shstrndx = 0;
	if (pwrite(fd, &plain, sizeof(plain), 0) != sizeof(plain))
		return false;
	elf_loaded_add_symbols(fd, base - first);
	return true;
}

enum memory_image_result memory_image_build(pid_t pid,
					    const struct proc_map *map,
					    int *fd)
{
	uint64_t base = find_base(pid, map);
	Elf64_Phdr phdrs[PHDRS_MAX];
	Elf64_Ehdr header;
	size_t len;

	*fd = -1;
	if (!base || process_memory_read(pid, base, &header,
					 sizeof(header)) != sizeof(header))
		return MEMORY_IMAGE_UNREADABLE;
	if (!valid_header(&header))
		return MEMORY_IMAGE_NOT_ELF;
	len = header.e_phnum * sizeof(*phdrs);
	if (process_memory_read(pid, base + header.e_phoff, phdrs, len) !=
	    len)
		return MEMORY_IMAGE_UNREADABLE;
	*fd = memfd_create("cprof-module", MFD_CLOEXEC);
	if (*fd < 0)
		return MEMORY_IMAGE_UNREADABLE;
	if (copy_segments(pid, base, &header, phdrs, *fd))
		return MEMORY_IMAGE_OK;
	close(*fd);
	*fd = -1;
	return MEMORY_IMAGE_UNREADABLE;
}
