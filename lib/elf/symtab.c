/* SPDX-License-Identifier: MIT */
#include "elf/symtab.h"

#include "base/search.h"

#include "base/compiler.h"

#include <stdbool.h>
#include <string.h>

/* Sections (or segments) that hold code, sorted by start. */
struct code_range {
	uint64_t start;
	uint64_t end;
};

VEC_DEFINE(code_range_vec, struct code_range);

static int compare_ranges(const void *left, const void *right)
{
	const struct code_range *a = left, *b = right;

	return a->start < b->start ? -1 : a->start > b->start;
}

static void add_range(struct code_range_vec *out, uint64_t start, uint64_t size)
{
	struct code_range range = { start, start + size };

	if (size && range.end > start)
		code_range_vec_push(out, range);
}

static void find_code(struct code_range_vec *out, Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t segments = 0;

	while ((section = elf_nextscn(elf, section))) {
		if (gelf_getshdr(section, &header) &&
		    (header.sh_flags & SHF_ALLOC) &&
		    (header.sh_flags & SHF_EXECINSTR))
			add_range(out, header.sh_addr, header.sh_size);
	}
	if (!out->count && elf_getphdrnum(elf, &segments) == 0) {
		for (size_t i = 0; i < segments; i++) {
			GElf_Phdr segment;

			if (gelf_getphdr(elf, i, &segment) &&
			    segment.p_type == PT_LOAD &&
			    (segment.p_flags & PF_X))
				add_range(out, segment.p_vaddr,
					  segment.p_memsz);
		}
	}
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items),
		      compare_ranges);
}

static const struct code_range *code_at(const struct code_range_vec *code,
					uint64_t address)
{
	const size_t upto = search_upto(code->items, code->count,
					sizeof(*code->items), address);

	if (!upto || address >= code->items[upto - 1].end)
		return NULL;
	return &code->items[upto - 1];
}

/*
 * Of several names for one address people know the public one: first what
 * is visible to others, then what has fewer underscores in front (malloc,
 * not __libc_malloc), then what the file calls a function, and strong over
 * weak.
 */
static uint32_t symbol_rank(const GElf_Sym *symbol, const char *name)
{
	const unsigned int bind = GELF_ST_BIND(symbol->st_info);
	const unsigned int type = GELF_ST_TYPE(symbol->st_info);
	uint32_t underscores = 0;

	/* What the C library calls its own functions within itself. */
	if (strncmp(name, "__GI_", 5) == 0)
		underscores = 7;
	/* Mangled names begin with one that says nothing. */
	else if (strncmp(name, "_Z", 2) != 0 && strncmp(name, "_R", 2) != 0)
		while (underscores < 7 && name[underscores] == '_')
			underscores++;
	return (symbol->st_size == 0) << 8 | (bind == STB_LOCAL) << 7 |
		underscores << 4 | (type == STT_NOTYPE) << 3 |
		(bind != STB_GLOBAL) << 2;
}

static bool is_code(const GElf_Sym *symbol, const char *name)
{
	switch (GELF_ST_TYPE(symbol->st_info)) {
	case STT_FUNC:
	case STT_GNU_IFUNC:
		break;
	case STT_NOTYPE:
		/* Labels of assembly; those the compiler makes are no names. */
		if (symbol->st_shndx == SHN_ABS || name[0] == '.' ||
		    name[0] == '$')
			return false;
		break;
	default:
		return false;
	}
	return symbol->st_shndx != SHN_UNDEF && name[0];
}

static void add_symbol(struct elf_symtab *table,
		       const struct code_range_vec *code,
		       const GElf_Sym *symbol, const char *name)
{
	const struct code_range *range;
	struct elf_symbol *out;

	if (!name || !is_code(symbol, name))
		return;
	range = code_at(code, symbol->st_value);
	if (!range)
		return;
	out = elf_symbol_vec_add(&table->raw);
	out->start = symbol->st_value;
	out->end = range->end;
	out->sized = symbol->st_size != 0;
	if (out->sized && symbol->st_size < range->end - out->start)
		out->end = out->start + symbol->st_size;
	out->name = name;
	out->rank = symbol_rank(symbol, name);
}

static void add_section(struct elf_symtab *table,
			const struct code_range_vec *code, Elf *elf,
			Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t size = gelf_fsize(elf, ELF_T_SYM, 1, EV_CURRENT);
	size_t count = data && size ? data->d_size / size : 0;

	for (size_t i = 0; i < count && i < INT32_MAX; i++) {
		GElf_Sym symbol;

		if (gelf_getsym(data, i, &symbol))
			add_symbol(table, code, &symbol,
				   elf_strptr(elf, header->sh_link,
					      symbol.st_name));
	}
}

void elf_symtab_add(struct elf_symtab *table, Elf *elf)
{
	struct code_range_vec code = VEC_INIT;
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	find_code(&code, elf);
	while ((section = elf_nextscn(elf, section))) {
		if (gelf_getshdr(section, &header) &&
		    (header.sh_type == SHT_SYMTAB ||
		     header.sh_type == SHT_DYNSYM))
			add_section(table, &code, elf, section, &header);
	}
	code_range_vec_release(&code);
}

/* By address, then the best name first. */
static int compare_symbols(const void *left, const void *right)
{
	const struct elf_symbol *a = left, *b = right;
	size_t a_len, b_len;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	a_len = strlen(a->name);
	b_len = strlen(b->name);
	if (a_len != b_len)
		return a_len < b_len ? -1 : 1;
	return strcmp(a->name, b->name);
}

static void emit(struct elf_symbol_vec *flat, const struct elf_symbol *symbol,
		 uint64_t start, uint64_t end)
{
	struct elf_symbol piece = *symbol;

	if (start >= end)
		return;
	piece.start = start;
	piece.end = end;
	elf_symbol_vec_push(flat, piece);
}

/*
 * Close what ends at or before `limit`; the innermost symbol has the
 * address, the one around it has what is left.
 */
static uint64_t close_symbols(struct elf_symbol_vec *flat,
			      struct elf_symbol_vec *open, uint64_t pos,
			      uint64_t limit)
{
	while (open->count) {
		const struct elf_symbol *top = &open->items[open->count - 1];

		if (top->end > limit) {
			emit(flat, top, pos, limit);
			return limit;
		}
		emit(flat, top, pos, top->end);
		pos = MAX(pos, top->end);
		open->count--;
	}
	return limit;
}

void elf_symtab_finish(struct elf_symtab *table)
{
	struct elf_symbol_vec open = VEC_INIT;
	struct elf_symbol_vec *raw = &table->raw;
	uint64_t pos = 0;

	if (raw->count)
		qsort(raw->items, raw->count, sizeof(*raw->items),
		      compare_symbols);
	for (size_t i = 0; i < raw->count; i++) {
		const struct elf_symbol *symbol = &raw->items[i];

		if (i && raw->items[i - 1].start == symbol->start)
			continue;
		/* An unsized symbol reaches to the next one. */
		if (open.count && !open.items[open.count - 1].sized)
			open.items[open.count - 1].end =
				MIN(open.items[open.count - 1].end,
				    symbol->start);
		pos = close_symbols(&table->flat, &open, pos, symbol->start);
		/* A label within a function does not divide it. */
		if (!symbol->sized && open.count)
			continue;
		elf_symbol_vec_push(&open, *symbol);
	}
	close_symbols(&table->flat, &open, pos, UINT64_MAX);
	elf_symbol_vec_release(&open);
	elf_symbol_vec_release(raw);
}

const struct elf_symbol *elf_symtab_find(const struct elf_symtab *table,
					 uint64_t address)
{
	const struct elf_symbol_vec *flat = &table->flat;
	const size_t upto = search_upto(flat->items, flat->count,
					sizeof(*flat->items), address);

	if (!upto || address >= flat->items[upto - 1].end)
		return NULL;
	return &flat->items[upto - 1];
}

void elf_symtab_release(struct elf_symtab *table)
{
	elf_symbol_vec_release(&table->raw);
	elf_symbol_vec_release(&table->flat);
}
