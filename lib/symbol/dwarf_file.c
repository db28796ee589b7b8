/* SPDX-License-Identifier: MIT */
#include "symbol/dwarf_file.h"

#include "base/log.h"

#include <elfutils/libdwelf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void fill_section(Elf_Scn *section, GElf_Word type, GElf_Word name,
			 void *bytes, size_t len)
{
	Elf_Data *data = section ? elf_newdata(section) : NULL;
	GElf_Shdr header;

	if (!data || !gelf_getshdr(section, &header))
		return;
	data->d_buf = bytes;
	data->d_size = len;
	data->d_align = 1;
	header.sh_type = type;
	header.sh_name = name;
	gelf_update_shdr(section, &header);
}

/* An ELF file with one byte of DWARF, which means nothing. */
static int write_nothing(int fd)
{
	char names[] = "\0.debug_frame\0.shstrtab";
	char nothing[1] = { 0 };
	Elf *elf = elf_begin(fd, ELF_C_WRITE, NULL);
	Elf_Scn *strings;
	GElf_Ehdr header;
	int ret = -1;

	if (!elf || !gelf_newehdr(elf, ELFCLASS64) ||
	    !gelf_getehdr(elf, &header))
		goto out;
	fill_section(elf_newscn(elf), SHT_PROGBITS, 1, nothing,
		     sizeof(nothing));
	strings = elf_newscn(elf);
	fill_section(strings, SHT_STRTAB, sizeof("\0.debug_frame"), names,
		     sizeof(names));
	header.e_ident[EI_DATA] = ELFDATA2LSB;
	header.e_type = ET_DYN;
	header.e_machine = EM_X86_64;
	header.e_version = EV_CURRENT;
	header.e_shstrndx = elf_ndxscn(strings);
	if (gelf_update_ehdr(elf, &header) &&
	    elf_update(elf, ELF_C_WRITE) > 0)
		ret = 0;
out:
	elf_end(elf);
	return ret;
}

static int open_nothing(struct debug_file *file, struct error *err)
{
	int fd = memfd_create("nothing", MFD_CLOEXEC);

	if (fd < 0)
		return error_set_errno(err, "memfd_create");
	if (write_nothing(fd) || debug_file_adopt(file, fd, NULL)) {
		close(fd);
		return error_set(err, ERROR_SYSTEM, "no empty file");
	}
	return 0;
}

static int fetch_alt(struct dwarf_file *file, bool permitted,
		     struct error *err)
{
	const char *name;
	const void *id;
	ssize_t len = dwelf_dwarf_gnu_debugaltlink(file->dwarf, &name, &id);

	if (len <= 0 || !permitted)
		return -1;
	return symbol_files_fetch(&file->alt_file, id, len, permitted, err);
}

/*
 * Without a second file libdw would look for one itself, and open whatever
 * path the first one names.  So it always gets one, if need be an empty one.
 */
static void open_alt(struct dwarf_file *file, const struct symbol_files *files,
		     const char *path)
{
	struct error err = ERROR_INIT;
	int found = debug_file_find_alt(&file->alt_file, file->dwarf, path,
					files->debug_root, &err);

	if (found > 0)
		return;
	if (found < 0 && fetch_alt(file, files->debuginfod, &err)) {
		log_debug(LOG_SYMBOL, 1, "%s: %s", path, err.text);
		if (open_nothing(&file->alt_file, &err))
			return;
	}
	file->alt = dwarf_begin_elf(file->alt_file.elf, DWARF_C_READ, NULL);
	if (file->alt)
		dwarf_setalt(file->dwarf, file->alt);
}

int dwarf_file_open(struct dwarf_file *file, const struct symbol_files *files,
		    const struct module *module, struct error *err)
{
	*file = (struct dwarf_file){ .alt_file = DEBUG_FILE_INIT };
	if (files->debug.elf)
		file->dwarf = dwarf_begin_elf(files->debug.elf, DWARF_C_READ,
					      NULL);
	if (!file->dwarf && files->main.elf)
		file->dwarf = dwarf_begin_elf(files->main.elf, DWARF_C_READ,
					      NULL);
	if (!file->dwarf)
		return error_set(err, ERROR_NOT_FOUND, "no debug information");
	open_alt(file, files, module->path);
	return 0;
}

void dwarf_file_close(struct dwarf_file *file)
{
	dwarf_end(file->dwarf);
	dwarf_end(file->alt);
	debug_file_close(&file->alt_file);
}
