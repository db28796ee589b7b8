/* SPDX-License-Identifier: MIT */
#include "elf/plt.h"

#include <stdbool.h>
#include <string.h>

enum {
	STUB_BYTES = 16,
	JUMP_BYTES = 6		/* jmp *disp32(%rip) */
};

static bool is_plt(const char *name)
{
	return name && (strcmp(name, ".plt") == 0 ||
			strcmp(name, ".plt.sec") == 0 ||
			strcmp(name, ".plt.got") == 0);
}

static void add_section(struct elf_plt *plt, Elf_Scn *section,
			const GElf_Shdr *header)
{
	struct plt_section out = {
		.start = header->sh_addr,
		.end = header->sh_addr + header->sh_size,
		.stub_bytes = header->sh_entsize,
	};
	Elf_Data *data = elf_rawdata(section, NULL);

	if (!data || !data->d_buf || out.end <= out.start)
		return;
	if (out.stub_bytes < JUMP_BYTES || out.stub_bytes > 4 * STUB_BYTES)
		out.stub_bytes = STUB_BYTES;
	out.data = data->d_buf;
	out.data_len = data->d_size;
	plt_section_vec_push(&plt->sections, out);
}

/* What relocations of a section refer to. */
struct targets {
	Elf *elf;
	Elf_Data *symbols;
	size_t strings;			/* section of their names */
	struct map64 resolvers;		/* address to name */
};

/*
 * The C library chooses its memcpy() when it is loaded, by a function that is
 * what the symbol stands for.  Of several names, the one for everybody.
 */
static void read_resolvers(struct targets *to)
{
	GElf_Sym symbol;

	for (int i = 0; gelf_getsym(to->symbols, i, &symbol); i++) {
		const char *name;
		uint64_t known;

		if (GELF_ST_TYPE(symbol.st_info) != STT_GNU_IFUNC)
			continue;
		name = elf_strptr(to->elf, to->strings, symbol.st_name);
		if (name && (*name != '_' || !map64_get(&to->resolvers,
						symbol.st_value, &known)))
			map64_put(&to->resolvers, symbol.st_value,
				  (uintptr_t)name);
	}
}

static const char *relocation_name(const struct targets *to,
				   const GElf_Rela *relocation)
{
	GElf_Sym symbol;
	uint64_t name;

	switch (GELF_R_TYPE(relocation->r_info)) {
	case R_X86_64_JUMP_SLOT:
	case R_X86_64_GLOB_DAT:
		break;
	case R_X86_64_IRELATIVE:
		return map64_get(&to->resolvers, relocation->r_addend, &name) ?
			(const char *)(uintptr_t)name : NULL;
	default:
		return NULL;
	}
	if (!gelf_getsym(to->symbols, GELF_R_SYM(relocation->r_info),
			 &symbol))
		return NULL;
	return elf_strptr(to->elf, to->strings, symbol.st_name);
}

static void add_relocations(struct elf_plt *plt, Elf *elf, Elf_Scn *section,
			    const GElf_Shdr *header)
{
	Elf_Scn *symbols_section = elf_getscn(elf, header->sh_link);
	Elf_Data *data = elf_getdata(section, NULL);
	size_t size = gelf_fsize(elf, ELF_T_RELA, 1, EV_CURRENT);
	struct targets to = {
		.elf = elf,
		.symbols = elf_getdata(symbols_section, NULL),
	};
	GElf_Shdr symbols_header;

	if (!data || !to.symbols || !size ||
	    !gelf_getshdr(symbols_section, &symbols_header) ||
	    symbols_header.sh_type != SHT_DYNSYM)
		return;
	to.strings = symbols_header.sh_link;
	read_resolvers(&to);
	for (size_t i = 0; i < data->d_size / size && i < INT32_MAX; i++) {
		GElf_Rela relocation;
		const char *name;

		if (!gelf_getrela(data, i, &relocation))
			continue;
		name = relocation_name(&to, &relocation);
		if (name && name[0])
			map64_put(&plt->slots, relocation.r_offset,
				  (uintptr_t)name);
	}
	map64_release(&to.resolvers);
}

void elf_plt_read(struct elf_plt *plt, Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) < 0)
		return;
	while ((section = elf_nextscn(elf, section))) {
		if (!gelf_getshdr(section, &header) ||
		    !(header.sh_flags & SHF_ALLOC))
			continue;
		if (header.sh_type == SHT_RELA)
			add_relocations(plt, elf, section, &header);
		else if (header.sh_type == SHT_PROGBITS &&
			 is_plt(elf_strptr(elf, names, header.sh_name)))
			add_section(plt, section, &header);
	}
}

/* Every stub ends with a jump through its slot of the GOT. */
static const char *stub_name(const struct elf_plt *plt,
			     const struct plt_section *section,
			     uint64_t address)
{
	uint64_t offset = address - section->start;
	uint64_t end;

	offset -= offset % section->stub_bytes;
	end = offset + section->stub_bytes;
	for (; offset + JUMP_BYTES <= end && end <= section->data_len;
	     offset++) {
		const uint8_t *code = section->data + offset;
		uint64_t slot, name;
		int32_t displacement;

		if (code[0] != 0xff || code[1] != 0x25)
			continue;
		memcpy(&displacement, code + 2, sizeof(displacement));
		slot = section->start + offset + JUMP_BYTES +
			(uint64_t)(int64_t)displacement;
		if (map64_get(&plt->slots, slot, &name))
			return (const char *)(uintptr_t)name;
	}
	return "";
}

const char *elf_plt_find(const struct elf_plt *plt, uint64_t address)
{
	for (size_t i = 0; i < plt->sections.count; i++) {
		const struct plt_section *section = &plt->sections.items[i];

		if (address >= section->start && address < section->end)
			return stub_name(plt, section, address);
	}
	return NULL;
}

void elf_plt_release(struct elf_plt *plt)
{
	plt_section_vec_release(&plt->sections);
	map64_release(&plt->slots);
}
