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

struct answer {
	struct sample_sink *sink;
	struct control_page *page;
	const struct wanted *wanted;	/* of this module */
};

static void answered(void *context, const struct symbol *symbol)
{
	const struct answer *answer = context;
	struct symbol named = *symbol;

	named.frame = answer->wanted[symbol->frame].id;
	answer->sink->ops->symbol(answer->sink, &named);
	atomic_store(&answer->page->heartbeat_ns, clock_monotonic_ns());
}

static int resolve_module(const struct stack_table *stacks,
			  struct symbolizer *symbolizer,
			  struct control_page *page,
			  const struct wanted *wanted, size_t count,
			  struct error *err)
{
	struct answer answer = { stacks->sink, page, wanted };
	const uint32_t id = wanted->frame.module;
	struct address_vec addresses = VEC_INIT;
	int ret;

	for (size_t i = 0; i < count; i++)
		address_vec_push(&addresses, wanted[i].frame.address);
	ret = symbolizer_module(symbolizer, id,
				module_table_get(stacks->modules, id),
				module_table_fd(stacks->modules, id), err);
	if (!ret)
		ret = symbolizer_resolve(symbolizer, id, addresses.items,
					 count, answered, &answer, err);
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
