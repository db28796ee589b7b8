/* SPDX-License-Identifier: MIT */
#include "record/names.h"

#include "base/clock.h"
#include "base/vec.h"
#include "symbol/symbolizer.h"

#include <stdlib.h>

/* A frame to resolve; sorted by module and address. */
struct wanted {
	struct frame frame;
	uint32_t id;
};

VEC_DEFINE(wanted_vec, struct wanted);
VEC_DEFINE(address_vec, uint64_t);

static int compare_wanted(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;

	if (x->frame.module != y->frame.module)
		return x->frame.module < y->frame.module ? -1 : 1;
	if (x->frame.address != y->frame.address)
		return x->frame.address < y->frame.address ? -1 : 1;
	return 0;
}

static void collect(const struct stack_table *stacks, struct wanted_vec *all)
{
	for (uint32_t id = 0; id < stack_table_frame_count(stacks); id++) {
		struct wanted wanted = { stack_table_frame(stacks, id), id };
		const struct module *module =
			module_table_get(stacks->modules, wanted.frame.module);

		if (module->kind != MODULE_SPECIAL)
			wanted_vec_push(all, wanted);
	}
	if (all->count)
		qsort(all->items, all->count, sizeof(*all->items),
		      compare_wanted);
}

/* A frame of a file that only a perf map may name. */
struct nameless {
	const struct wanted *wanted;
	char *fallback;		/* what it is called else; owned */
};

VEC_DEFINE(nameless_vec, struct nameless);

struct answer {
	const struct stack_table *stacks;
	struct control_page *page;
	const struct wanted *wanted;	/* of this module */
	struct nameless_vec nameless;
};

static void heart_beats(struct control_page *page)
{
	atomic_store(&page->heartbeat_ns, clock_monotonic_ns());
}

static void emit(const struct answer *answer, const struct symbol *symbol,
		 uint32_t frame)
{
	struct sample_sink *sink = answer->stacks->sink;
	struct symbol named = *symbol;

	named.frame = frame;
	sink->ops->symbol(sink, &named);
}

/* Is there a process with a perf map that has this module? */
static uint32_t next_map(const struct module_table *modules, uint32_t from,
			 uint32_t id, uint64_t *bias)
{
	for (; from < module_table_count(modules); from++) {
		if (module_table_get(modules, from)->kind == MODULE_JIT &&
		    module_table_fd(modules, from) >= 0 &&
		    module_table_bias(modules, from, id, bias))
			return from;
	}
	return ID_NONE;
}

static void answered(void *context, const struct symbol *symbol)
{
	struct answer *answer = context;
	const struct wanted *wanted = &answer->wanted[symbol->frame];
	uint64_t bias;

	heart_beats(answer->page);
	if (symbol->status == SYMBOL_NONE &&
	    next_map(answer->stacks->modules, 0, wanted->frame.module,
		     &bias) != ID_NONE)
		nameless_vec_push(&answer->nameless, (struct nameless){
			wanted, mem_strdup(symbol->chain->function)
		});
	else
		emit(answer, symbol, wanted->id);
}

static int resolve(const struct module_table *modules,
		   struct symbolizer *symbolizer, uint32_t id,
		   const struct address_vec *addresses, symbol_fn *fn,
		   void *context, struct error *err)
{
	if (symbolizer_module(symbolizer, id, module_table_get(modules, id),
			      module_table_fd(modules, id), err))
		return -1;
	return symbolizer_resolve(symbolizer, id, addresses->items,
				  addresses->count, fn, context, err);
}

/* The answer of a perf map for one of the nameless. */
static void answered_by_map(void *context, const struct symbol *symbol)
{
	struct answer *answer = context;
	struct nameless *nameless = &answer->nameless.items[symbol->frame];

	heart_beats(answer->page);
	if (symbol->status != SYMBOL_OK || !nameless->fallback)
		return;
	emit(answer, symbol, nameless->wanted->id);
	free(nameless->fallback);
	nameless->fallback = NULL;
}

/* Engines list their own built-in functions, which lie in files. */
static int ask_maps(struct answer *answer, struct symbolizer *symbolizer,
		    uint32_t id, struct error *err)
{
	const struct module_table *modules = answer->stacks->modules;
	struct address_vec addresses = VEC_INIT;
	uint64_t bias;
	int ret = 0;

	if (!answer->nameless.count)
		return 0;
	for (uint32_t map = next_map(modules, 0, id, &bias);
	     !ret && map != ID_NONE;
	     map = next_map(modules, map + 1, id, &bias)) {
		addresses.count = 0;
		for (size_t i = 0; i < answer->nameless.count; i++) {
			const struct wanted *wanted =
				answer->nameless.items[i].wanted;

			address_vec_push(&addresses,
					 bias + wanted->frame.address);
		}
		ret = resolve(modules, symbolizer, map, &addresses,
			      answered_by_map, answer, err);
	}
	address_vec_release(&addresses);
	return ret;
}

static void release_nameless(struct answer *answer)
{
	for (size_t i = 0; i < answer->nameless.count; i++) {
		struct nameless *nameless = &answer->nameless.items[i];
		const struct source_location location = {
			.function = nameless->fallback,
		};
		const struct symbol symbol = {
			.status = SYMBOL_NONE, .chain = &location, .count = 1,
		};

		if (nameless->fallback)
			emit(answer, &symbol, nameless->wanted->id);
		free(nameless->fallback);
	}
	nameless_vec_release(&answer->nameless);
}

static int resolve_module(const struct stack_table *stacks,
			  struct symbolizer *symbolizer,
			  struct control_page *page,
			  const struct wanted *wanted, size_t count,
			  struct error *err)
{
	struct answer answer = { stacks, page, wanted, VEC_INIT };
	const uint32_t id = wanted->frame.module;
	struct address_vec addresses = VEC_INIT;
	int ret;

	for (size_t i = 0; i < count; i++)
		address_vec_push(&addresses, wanted[i].frame.address);
	ret = resolve(stacks->modules, symbolizer, id, &addresses, answered,
		      &answer, err);
	if (!ret)
		ret = ask_maps(&answer, symbolizer, id, err);
	release_nameless(&answer);
	address_vec_release(&addresses);
	return ret;
}

int names_resolve(const struct stack_table *stacks, bool debuginfod,
		  struct control_page *page, uint64_t *lost,
		  struct error *err)
{
	const struct symbolizer_options options = {
		.debuginfod = debuginfod,
		.inlines = true,
	};
	struct wanted_vec all = VEC_INIT;
	struct symbolizer *symbolizer = NULL;
	int ret;

	collect(stacks, &all);
	ret = symbolizer_start(&symbolizer, &options, err);
	for (size_t i = 0, end; !ret && i < all.count; i = end) {
		for (end = i + 1; end < all.count; end++) {
			if (all.items[end].frame.module !=
			    all.items[i].frame.module)
				break;
		}
		ret = resolve_module(stacks, symbolizer, page,
				     &all.items[i], end - i, err);
	}
	*lost = symbolizer ? symbolizer_lost(symbolizer) : all.count;
	symbolizer_stop(symbolizer);
	wanted_vec_release(&all);
	return ret;
}
