/* SPDX-License-Identifier: MIT */
#include "report_names.h"

#include "symbol/symbolizer.h"

#include <stdlib.h>

struct namer {
	struct profile_builder *builder;
	const struct nameless_frame *frames;
	bool lines;		/* a name without a source line is no news */
};

static void name_one(void *context, const struct symbol *symbol)
{
	const struct namer *namer = context;
	struct sample_sink *sink = profile_builder_sink(namer->builder);
	struct symbol own = *symbol;

	if (symbol->status == SYMBOL_NONE || symbol->status == SYMBOL_REPLACED)
		return;
	if (namer->lines && !symbol->chain[0].line)
		return;
	own.frame = namer->frames[symbol->frame].frame;
	sink->ops->symbol(sink, &own);
}

static void name_module(struct symbolizer *symbolizer,
			struct profile_builder *builder,
			const struct nameless_frame *frames, size_t count,
			bool lines)
{
	const uint32_t id = frames[0].module;
	const struct module *module = profile_builder_module(builder, id);
	struct namer namer = { builder, frames, lines };
	uint64_t *addresses;

	if (module->kind != MODULE_FILE || !module->build_id_len ||
	    symbolizer_module(symbolizer, id, module, -1, NULL))
		return;
	addresses = mem_calloc(count, sizeof(*addresses));
	for (size_t i = 0; i < count; i++)
		addresses[i] = frames[i].address;
	symbolizer_resolve(symbolizer, id, addresses, count, name_one, &namer,
			   NULL);
	free(addresses);
}

void report_names(struct profile_builder *builder, bool debuginfod)
{
	const struct symbolizer_options options = {
		.debuginfod = debuginfod,
		.inlines = true,
	};
	struct nameless_vec frames = VEC_INIT;
	struct symbolizer *symbolizer = NULL;
	size_t to;

	profile_builder_nameless(builder, debuginfod, &frames);
	if (frames.count && !symbolizer_start(&symbolizer, &options, NULL)) {
		for (size_t from = 0; from < frames.count; from = to) {
			for (to = from; to < frames.count &&
			     frames.items[to].module ==
			     frames.items[from].module; to++)
				;
			name_module(symbolizer, builder, &frames.items[from],
				    to - from, debuginfod);
		}
	}
	symbolizer_stop(symbolizer);
	nameless_vec_release(&frames);
}
