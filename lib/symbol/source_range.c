/* SPDX-License-Identifier: MIT */
/*
 * "python3.11+0x1f1a80": a function that nothing names, called after where
 * its unwind information begins, so that all its addresses are one row.
 */
#include "elf/image.h"
#include "symbol/fallback.h"
#include "symbol/files.h"
#include "symbol/source.h"

#include <inttypes.h>

static void range_resolve(struct symbol_job *job)
{
	struct elf_image *image = symbol_files_image(job->files);
	struct strbuf text = STRBUF_INIT;
	uint64_t start, end;

	if (!image)
		return;
	for (size_t i = 0; i < job->count; i++) {
		struct symbol_query *query = &job->queries[i];

		if (symbol_query_named(query) ||
		    !elf_image_fde_range(image, query->address, &start, &end))
			continue;
		strbuf_clear(&text);
		strbuf_addf(&text, "%s+0x%" PRIx64,
			    module_base_name(job->module), start);
		symbol_query_call(job, query, strbuf_text(&text),
				  SYMBOL_RANGE);
	}
	strbuf_release(&text);
}

const struct symbol_source_ops range_source_ops = {
	.name = "range",
	.level = LEVEL_SYMBOLS,
	.resolve = range_resolve,
};
