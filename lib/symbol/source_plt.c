/* SPDX-License-Identifier: MIT */
/* "memcpy@plt": the stubs through which other files' functions are called. */
#include "base/strbuf.h"
#include "elf/plt.h"
#include "symbol/files.h"
#include "symbol/source.h"

static void plt_resolve(struct symbol_job *job)
{
	struct elf_plt plt = ELF_PLT_INIT;
	struct strbuf text = STRBUF_INIT;

	if (!job->files->main.elf)
		return;
	elf_plt_read(&plt, job->files->main.elf);
	for (size_t i = 0; i < job->count; i++) {
		struct symbol_query *query = &job->queries[i];
		const char *name;

		if (symbol_query_named(query))
			continue;
		name = elf_plt_find(&plt, query->address);
		if (!name)
			continue;
		strbuf_clear(&text);
		strbuf_addf(&text, *name ? "%s@plt" : "[linkage stub]", name);
		symbol_query_name(job, query, strbuf_text(&text), SYMBOL_OK);
	}
	elf_plt_release(&plt);
	strbuf_release(&text);
}

const struct symbol_source_ops plt_source_ops = {
	.name = "plt",
	.level = LEVEL_SYMBOLS,
	.resolve = plt_resolve,
};
