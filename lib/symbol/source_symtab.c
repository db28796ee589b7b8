/* SPDX-License-Identifier: MIT */
/* Names from .symtab and .dynsym, of the file and its debug files. */
#include "elf/symtab.h"
#include "symbol/demangle.h"
#include "symbol/files.h"
#include "symbol/source.h"

#include <string.h>

static bool has_linkage_name(const struct symbol_query *query)
{
	return query->count && query->chain[query->count - 1].linkage_name;
}

/*
 * Beside a name from the source, a symbol is better when it is mangled,
 * which tells more, or the public one of several names ("malloc" of
 * "__libc_malloc"); not when it is that of a part or copy that the compiler
 * made ("main.cold"), or made up for the linker from modules and functions.
 */
static bool is_better(const struct symbol_query *query, const char *symbol)
{
	const char *name = NULL;
	size_t len;

	if (query->count)
		name = query->chain[query->count - 1].function;
	if (!name || name_is_mangled(symbol))
		return true;
	if (strstr(name, "::"))
		return false;
	len = strlen(name);
	return strncmp(symbol, name, len) != 0 ||
		(symbol[len] != '\0' && symbol[len] != '.');
}

/*
 * A symbol without a size may reach too far: into the next function that
 * has no symbol.  Unwind information knows where functions begin.
 */
static bool reaches(struct symbol_job *job, const struct elf_symbol *symbol,
		    uint64_t address)
{
	struct elf_image *image;
	uint64_t start, end;

	if (symbol->sized)
		return true;
	image = symbol_files_image(job->files);
	return !image || !elf_image_fde_range(image, address, &start, &end) ||
		start <= symbol->start;
}

static void symtab_resolve(struct symbol_job *job)
{
	const struct symbol_files *files = job->files;
	struct elf_symtab table = ELF_SYMTAB_INIT;

	if (files->main.elf)
		elf_symtab_add(&table, files->main.elf);
	if (files->debug.elf)
		elf_symtab_add(&table, files->debug.elf);
	if (files->mini.elf)
		elf_symtab_add(&table, files->mini.elf);
	elf_symtab_finish(&table);
	for (size_t i = 0; i < job->count; i++) {
		struct symbol_query *query = &job->queries[i];
		const struct elf_symbol *symbol;

		if (has_linkage_name(query))
			continue;
		symbol = elf_symtab_find(&table, query->address);
		if (symbol && reaches(job, symbol, query->address) &&
		    is_better(query, symbol->name))
			symbol_query_name(job, query, symbol->name, SYMBOL_OK);
	}
	elf_symtab_release(&table);
}

const struct symbol_source_ops symtab_source_ops = {
	.name = "symtab",
	.level = LEVEL_SYMBOLS,
	.resolve = symtab_resolve,
};
