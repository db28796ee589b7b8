/* SPDX-License-Identifier: MIT */
#include "compare/comparison_tree.h"

#include <string.h>

static void tree_of(struct call_tree *tree, const struct comparison_side *side,
		    enum weight_clock clock, unsigned int flags)
{
	const struct weigh_request request = {
		.clock = clock,
		.filter = side->filter,
		.by_state = clock != WEIGH_CPU,
	};
	struct weights weights;

	if (clock != WEIGH_CPU)
		flags |= TREE_REASONS;
	weights_init(&weights, side->profile, &request);
	call_tree_init(tree, side->profile, &weights, flags, NULL);
	weights_release(&weights);
}

void comparison_tree_init(struct diff_tree *tree,
			  const struct comparison *comparison,
			  enum weight_clock clock, unsigned int flags)
{
	const struct comparison_side *sides = comparison->sides;
	struct call_tree trees[SIDE_COUNT];

	/* A refused one has profiles, but nothing was paired. */
	if (!comparison->pairing.of[SIDE_BASE] ||
	    !comparison->pairing.of[SIDE_NEW]) {
		diff_tree_init(tree, NULL, NULL, NULL);
		return;
	}
	for (int side = 0; side < SIDE_COUNT; side++)
		tree_of(&trees[side], &sides[side], clock, flags);
	diff_tree_init(tree, &comparison->pairing, &trees[SIDE_BASE],
		       &trees[SIDE_NEW]);
	for (int side = 0; side < SIDE_COUNT; side++)
		call_tree_release(&trees[side]);
}

enum weight_clock comparison_clock(const struct comparison *comparison)
{
	const struct metric_change *metric = comparison_deciding(comparison);

	return metric && strcmp(metric->name, "wall") == 0 ? WEIGH_WALL :
	       WEIGH_CPU;
}

double comparison_per_run(const struct comparison *comparison, int side,
			  uint64_t ns)
{
	const size_t runs = comparison->sides[side].profiled_runs;

	return (double)ns / (double)MAX(runs, (size_t)1);
}

void comparison_add_symbol(struct strbuf *out,
			   const struct comparison *comparison,
			   uint32_t symbol)
{
	const struct pair_vec *pairs = &comparison->pairing.pairs;

	if (symbol == DIFF_ROOT)
		strbuf_add(out, "all");
	else if (symbol == DIFF_OTHER)
		strbuf_add(out, "(other)");
	else if (symbol > KEY_ID_MASK)
		strbuf_addf(out, "[%s]",
			    thread_state_text(DIFF_REASON - symbol));
	else if (*pairs->items[symbol].name)
		strbuf_add(out, pairs->items[symbol].name);
	else
		strbuf_add(out, "[no name]");
}
