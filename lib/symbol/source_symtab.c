/* SPDX-License-Identifier: MIT */
/* Names from .symtab and .dynsym, of the file and its debug files. */
#include "elf/symtab.h"
#include "symbol/files.h"
#include "symbol/source.h"

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

		if (!symbol_query_open(query))
			continue;
		symbol = elf_symtab_find(&table, query->address);
		if (symbol)
			symbol_query_name(job, query, symbol->name, SYMBOL_OK);
	}
	elf_symtab_release(&table);
}

const struct symbol_source_ops symtab_source_ops = {
	.name = "symtab",
	.level = LEVEL_SYMBOLS,
	.resolve = symtab_resolve,
};
