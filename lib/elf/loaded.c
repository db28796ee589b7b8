/* SPDX-License-Identifier: MIT */
#include "elf/loaded.h"

#include "base/compiler.h"
#include "elf/section.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PHDRS_MAX = 64,
	DYNAMIC_MAX = 512,	/* entries */
	SYMBOLS_MAX = 1 << 22
};

enum {
	NULL_SECTION, TEXT, DYNSYM, DYNSTR, NOTE, OTHER_NOTE, NAMES, SECTIONS
};

static const char names[] = "\0.dynsym\0.dynstr\0.shstrtab\0.text\0.note";

struct loaded {
	struct elf_file file;
	Elf64_Ehdr header;
	Elf64_Phdr phdrs[PHDRS_MAX];
	uint64_t bias;
	/* File offsets, 0: none */
	uint64_t symbols;
	uint64_t strings;
	uint64_t strings_len;
	uint64_t gnu_hash;
	uint64_t hash;
};

/*
 * The file offset of an address of the dynamic segment.  Dynamic linkers
 * add the bias to these addresses, but not all, and not in the vdso.
 */
static uint64_t offset_of(const struct loaded *loaded, uint64_t address)
{
	const uint64_t tries[] = { address - loaded->bias, address };

	for (size_t i = 0; i < ARRAY_SIZE(tries); i++) {
		for (size_t j = 0; j < loaded->header.e_phnum; j++) {
			const Elf64_Phdr *phdr = &loaded->phdrs[j];
			uint64_t distance = tries[i] - phdr->p_vaddr;

			if (phdr->p_type == PT_LOAD &&
			    distance < phdr->p_filesz)
				return phdr->p_offset + distance;
		}
	}
	return 0;
}

static void keep_entry(struct loaded *loaded, const Elf64_Dyn *entry)
{
	switch (entry->d_tag) {
	case DT_SYMTAB:
		loaded->symbols = offset_of(loaded, entry->d_un.d_ptr);
		break;
	case DT_STRTAB:
		loaded->strings = offset_of(loaded, entry->d_un.d_ptr);
		break;
	case DT_STRSZ:
		loaded->strings_len = entry->d_un.d_val;
		break;
	case DT_GNU_HASH:
		loaded->gnu_hash = offset_of(loaded, entry->d_un.d_ptr);
		break;
	case DT_HASH:
		loaded->hash = offset_of(loaded, entry->d_un.d_ptr);
		break;
	default:
		break;
	}
}

static void read_dynamic(struct loaded *loaded, const Elf64_Phdr *phdr)
{
	for (size_t i = 0; i < DYNAMIC_MAX; i++) {
		Elf64_Dyn entry;

		if ((i + 1) * sizeof(entry) > phdr->p_filesz ||
		    !elf_file_read_into(&loaded->file,
					phdr->p_offset + i * sizeof(entry),
					&entry, sizeof(entry)) ||
		    entry.d_tag == DT_NULL)
			return;
		keep_entry(loaded, &entry);
	}
}

static bool read_headers(struct loaded *loaded)
{
	size_t count;

	if (!elf_file_read_into(&loaded->file, 0, &loaded->header,
				sizeof(loaded->header)))
		return false;
	count = loaded->header.e_phnum;
	if (count > PHDRS_MAX || loaded->header.e_shnum != 0 ||
	    !elf_file_read_into(&loaded->file, loaded->header.e_phoff,
				loaded->phdrs,
				count * sizeof(*loaded->phdrs)))
		return false;
	for (size_t i = 0; i < count; i++)
		if (loaded->phdrs[i].p_type == PT_DYNAMIC)
			read_dynamic(loaded, &loaded->phdrs[i]);
	return loaded->symbols && loaded->strings && loaded->strings_len;
}

static uint32_t word_at(const struct loaded *loaded, uint64_t offset)
{
	uint32_t word = 0;

	elf_file_read_into(&loaded->file, offset, &word, sizeof(word));
	return word;
}

/* The words from `offset` on, `*count` of them or what the file has. */
static uint32_t *words_at(const struct loaded *loaded, uint64_t offset,
			  uint64_t *count)
{
	if (offset >= loaded->file.bytes)
		return NULL;
	*count = MIN(*count, (loaded->file.bytes - offset) / 4);
	return (uint32_t *)elf_file_read(&loaded->file, offset, *count * 4);
}

/* The chain that starts at `symbol` ends behind the last symbol. */
static uint64_t end_of_chain(const struct loaded *loaded, uint64_t chains,
			     uint64_t first, uint64_t symbol)
{
	uint64_t count = SYMBOLS_MAX, i = 0;
	uint32_t *chain;

	chain = words_at(loaded, chains + (symbol - first) * 4, &count);
	if (!chain)
		return 0;
	while (i < count && !(chain[i] & 1))
		i++;
	free(chain);
	return i < count ? symbol + i + 1 : 0;
}

static uint64_t count_gnu(const struct loaded *loaded)
{
	const uint64_t first = word_at(loaded, loaded->gnu_hash + 4);
	const uint64_t bloom = word_at(loaded, loaded->gnu_hash + 8);
	const uint64_t table = loaded->gnu_hash + 16 + bloom * 8;
	uint64_t buckets = word_at(loaded, loaded->gnu_hash);
	uint64_t last = 0;
	uint32_t *bucket;

	if (buckets > SYMBOLS_MAX)
		return 0;
	bucket = words_at(loaded, table, &buckets);
	for (uint64_t i = 0; bucket && i < buckets; i++)
		last = MAX(last, (uint64_t)bucket[i]);
	free(bucket);
	if (last < first)
		return first;
	return end_of_chain(loaded, table + buckets * 4, first, last);
}

static uint64_t count_symbols(const struct loaded *loaded)
{
	if (loaded->gnu_hash)
		return count_gnu(loaded);
	return loaded->hash ? word_at(loaded, loaded->hash + 4) : 0;
}

/* The ELF address of a file offset that lies in a segment. */
static uint64_t address_of(const struct loaded *loaded, uint64_t offset)
{
	for (size_t i = 0; i < loaded->header.e_phnum; i++) {
		const Elf64_Phdr *phdr = &loaded->phdrs[i];

		if (phdr->p_type == PT_LOAD &&
		    offset - phdr->p_offset < phdr->p_filesz)
			return phdr->p_vaddr + (offset - phdr->p_offset);
	}
	return 0;
}

/* The executable segment: a symbol is one of code when it lies there. */
static void describe_code(const struct loaded *loaded, Elf64_Shdr *section)
{
	for (size_t i = 0; i < loaded->header.e_phnum; i++) {
		const Elf64_Phdr *phdr = &loaded->phdrs[i];

		if (phdr->p_type != PT_LOAD || !(phdr->p_flags & PF_X))
			continue;
		section->sh_name = 27;
		section->sh_type = SHT_PROGBITS;
		section->sh_flags = SHF_ALLOC | SHF_EXECINSTR;
		section->sh_addr = phdr->p_vaddr;
		section->sh_offset = phdr->p_offset;
		section->sh_size = phdr->p_filesz;
		section->sh_addralign = 16;
		return;
	}
}

/* Where the build-id is: readers look into sections when there are some. */
static void describe_notes(const struct loaded *loaded, Elf64_Shdr *sections)
{
	size_t next = NOTE;

	for (size_t i = 0; i < loaded->header.e_phnum; i++) {
		const Elf64_Phdr *phdr = &loaded->phdrs[i];

		if (phdr->p_type != PT_NOTE || next > OTHER_NOTE)
			continue;
		sections[next++] = (Elf64_Shdr){
			.sh_name = 33,
			.sh_type = SHT_NOTE,
			.sh_flags = SHF_ALLOC,
			.sh_addr = phdr->p_vaddr,
			.sh_offset = phdr->p_offset,
			.sh_size = phdr->p_filesz,
			.sh_addralign = phdr->p_align,
		};
	}
}

static bool write_sections(struct loaded *loaded, uint64_t symbol_count)
{
	const uint64_t end = (loaded->file.bytes + 7) & ~UINT64_C(7);
	Elf64_Shdr sections[SECTIONS] = {
		[DYNSYM] = {
			.sh_name = 1,
			.sh_type = SHT_DYNSYM,
			.sh_flags = SHF_ALLOC,
			.sh_addr = address_of(loaded, loaded->symbols),
			.sh_offset = loaded->symbols,
			.sh_size = symbol_count * sizeof(Elf64_Sym),
			.sh_link = DYNSTR,
			.sh_info = 1,
			.sh_addralign = 8,
			.sh_entsize = sizeof(Elf64_Sym),
		},
		[DYNSTR] = {
			.sh_name = 9,
			.sh_type = SHT_STRTAB,
			.sh_flags = SHF_ALLOC,
			.sh_addr = address_of(loaded, loaded->strings),
			.sh_offset = loaded->strings,
			.sh_size = loaded->strings_len,
			.sh_addralign = 1,
		},
		[NAMES] = {
			.sh_name = 17,
			.sh_type = SHT_STRTAB,
			.sh_offset = end + sizeof(sections),
			.sh_size = sizeof(names),
			.sh_addralign = 1,
		},
	};

	describe_code(loaded, &sections[TEXT]);
	describe_notes(loaded, sections);
	loaded->header.e_shoff = end;
	loaded->header.e_shentsize = sizeof(Elf64_Shdr);
	loaded->header.e_shnum = SECTIONS;
	loaded->header.e_shstrndx = NAMES;
	return pwrite(loaded->file.fd, sections, sizeof(sections),
		      (off_t)end) == sizeof(sections) &&
	       pwrite(loaded->file.fd, names, sizeof(names),
		      (off_t)(end + sizeof(sections))) == sizeof(names) &&
	       pwrite(loaded->file.fd, &loaded->header,
		      sizeof(loaded->header), 0) == sizeof(loaded->header);
}

bool elf_loaded_add_symbols(int fd, uint64_t bias)
{
	struct loaded loaded = { .bias = bias };
	uint64_t count, bytes;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return false;
	loaded.file = (struct elf_file){ fd, (uint64_t)st.st_size };
	if (!read_headers(&loaded))
		return false;
	count = count_symbols(&loaded);
	bytes = loaded.file.bytes;
	if (count < 2 || count > SYMBOLS_MAX || loaded.symbols > bytes ||
	    count * sizeof(Elf64_Sym) > bytes - loaded.symbols ||
	    loaded.strings > bytes ||
	    loaded.strings_len > bytes - loaded.strings)
		return false;
	return write_sections(&loaded, count);
}
