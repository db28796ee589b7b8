/* SPDX-License-Identifier: MIT */
#include "dump_names.h"

#include "base/hash.h"
#include "symbol/symbolizer.h"

#include <stdlib.h>

VEC_DEFINE(address_vec, uint64_t);

struct answer {
	struct dump_names *names;
	struct dump *dump;
	uint32_t module;
	const uint64_t *addresses;
};

static uint64_t frame_key(uint32_t module, uint64_t address)
{
	return hash_u64(address) ^ (uint64_t)module << 40;
}

static const char *keep(struct dump *dump, const char *text)
{
	return text ? arena_strdup(&dump->arena, text) : NULL;
}

static void answered(void *context, const struct symbol *symbol)
{
	const struct answer *answer = context;
	struct frame_name *name = frame_name_vec_add(&answer->names->names);

	name->count = symbol->count;
	name->chain = arena_alloc(&answer->dump->arena,
				  symbol->count * sizeof(*name->chain));
	for (size_t i = 0; i < symbol->count; i++) {
		name->chain[i] = symbol->chain[i];
		name->chain[i].function =
			keep(answer->dump, symbol->chain[i].function);
		name->chain[i].linkage_name = NULL;
		name->chain[i].file =
			keep(answer->dump, symbol->chain[i].file);
	}
	map64_put(&answer->names->by_frame,
		  frame_key(answer->module,
			    answer->addresses[symbol->frame]),
		  answer->names->names.count - 1);
}

static int compare_addresses(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The addresses of `module`, each once, in ascending order. */
static void collect(const struct dump *dump, uint32_t module,
		    struct address_vec *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < dump->threads.count; i++) {
		const struct dump_thread *thread = &dump->threads.items[i];

		for (size_t j = 0; j < thread->frame_count; j++)
			if (thread->frames[j].module == module)
				address_vec_push(out,
						 thread->frames[j].address);
	}
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items),
		      compare_addresses);
	for (size_t i = 0; i < out->count; i++)
		if (i == 0 || out->items[i] != out->items[i - 1])
			out->items[kept++] = out->items[i];
	out->count = kept;
}

static int resolve_module(struct dump_names *names, struct dump *dump,
			  struct symbolizer *symbolizer, uint32_t id,
			  struct error *err)
{
	struct address_vec addresses = VEC_INIT;
	struct answer answer = { names, dump, id, NULL };
	int ret = 0;

	collect(dump, id, &addresses);
	answer.addresses = addresses.items;
	if (addresses.count > 0)
		ret = symbolizer_module(symbolizer, id,
					module_table_get(dump->modules, id),
					module_table_fd(dump->modules, id),
					err);
	if (!ret && addresses.count > 0)
		ret = symbolizer_resolve(symbolizer, id, addresses.items,
					 addresses.count, answered, &answer,
					 err);
	address_vec_release(&addresses);
	return ret;
}

int dump_names_resolve(struct dump_names *names, struct dump *dump,
		       bool debuginfod, struct error *err)
{
	const struct symbolizer_options options = {
		.debuginfod = debuginfod,
		.inlines = true,
	};
	struct symbolizer *symbolizer = NULL;
	int ret = symbolizer_start(&symbolizer, &options, err);

	for (uint32_t id = 1; !ret && id < module_table_count(dump->modules);
	     id++)
		ret = resolve_module(names, dump, symbolizer, id, err);
	symbolizer_stop(symbolizer);
	return ret;
}

void dump_names_release(struct dump_names *names)
{
	frame_name_vec_release(&names->names);
	map64_release(&names->by_frame);
}

const struct frame_name *dump_names_get(const struct dump_names *names,
					const struct frame *frame)
{
	uint64_t index;

	if (!map64_get(&names->by_frame,
		       frame_key(frame->module, frame->address), &index))
		return NULL;
	return &names->names.items[index];
}
