/* SPDX-License-Identifier: MIT */
/* Names from .symtab and .dynsym, of the file and its debug files. */
#include "elf/symtab.h"
#include "symbol/files.h"
#include "symbol/source.h"

#include <string.h>

static bool has_linkage_name(const struct symbol_query *query)
{
	return query->count && query->chain[query->count - 1].linkage_name;
}

/*
 * A name from the source that needs no mangling is better than that of a
 * part or copy that the compiler made of the function: "main", not
 * "main.cold".  Mangled ones tell more.
 */
static bool says_the_same(const struct symbol_query *query, const char *symbol)
{
	const char *name = NULL;
	size_t len;

	if (query->count)
		name = query->chain[query->count - 1].function;
	len = name ? strlen(name) : 0;
	return len && strncmp(symbol, name, len) == 0 &&
		(symbol[len] == '\0' || symbol[len] == '.');
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
		    !says_the_same(query, symbol->name))
			symbol_query_name(job, query, symbol->name, SYMBOL_OK);
	}
	elf_symtab_release(&table);
}

const struct symbol_source_ops symtab_source_ops = {
	.name = "symtab",
	.level = LEVEL_SYMBOLS,
	.resolve = symtab_resolve,
};
