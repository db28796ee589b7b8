/* SPDX-License-Identifier: MIT */
/*
 * Both profiles as collapsed stacks, "outer;inner BASE NEW", a line for each
 * stack of either side, as difffolded.pl of Brendan Gregg's FlameGraph writes
 * them.  Microseconds per run: counts of samples could not be compared when
 * the sides have other rates or numbers of runs.  The clock is that of the
 * verdict; where it is wall time, what a thread waits for ends its stack.
 */
#include "render/compare_forms.h"

#include "base/clock.h"
#include "compare/comparison_tree.h"
#include "render/name.h"

#include <inttypes.h>
#include <math.h>

struct stack_line {
	char *stack;
	uint64_t ns[SIDE_COUNT];
};

VEC_DEFINE(stack_line_vec, struct stack_line);

static void add_path(struct strbuf *out, const struct comparison *comparison,
		     const struct diff_tree *tree, uint32_t node)
{
	const struct diff_node *nodes = tree->nodes.items;
	struct strbuf name = STRBUF_INIT;
	struct u32_vec path = VEC_INIT;

	for (; nodes[node].parent != ID_NONE; node = nodes[node].parent)
		u32_vec_push(&path, nodes[node].symbol);
	while (path.count) {
		strbuf_clear(&name);
		comparison_add_symbol(&name, comparison,
				      path.items[--path.count]);
		name_add_frame(out, strbuf_text(&name));
		strbuf_add(out, path.count ? ";" : "");
	}
	u32_vec_release(&path);
	strbuf_release(&name);
}

static int by_stack(const void *a, const void *b)
{
	return strcmp(((const struct stack_line *)a)->stack,
		      ((const struct stack_line *)b)->stack);
}

/* Functions of one name in two modules are one here: so are their stacks. */
static void merge_same(struct stack_line_vec *lines)
{
	size_t kept = 0;

	for (size_t i = 0; i < lines->count; i++) {
		struct stack_line *last = &lines->items[kept ? kept - 1 : 0];
		struct stack_line *line = &lines->items[i];

		if (kept && strcmp(last->stack, line->stack) == 0) {
			for (int side = 0; side < SIDE_COUNT; side++)
				last->ns[side] += line->ns[side];
			free(line->stack);
		} else {
			lines->items[kept++] = *line;
		}
	}
	lines->count = kept;
}

static void collect(struct stack_line_vec *lines,
		    const struct comparison *comparison)
{
	struct strbuf stack = STRBUF_INIT;
	struct diff_tree tree;

	comparison_tree_init(&tree, comparison, comparison_clock(comparison),
			     0);
	for (size_t i = 1; i < tree.nodes.count; i++) {
		const uint64_t *ns = tree.nodes.items[i].self_ns;

		if (!ns[SIDE_BASE] && !ns[SIDE_NEW])
			continue;
		add_path(&stack, comparison, &tree, i);
		stack_line_vec_push(lines, (struct stack_line){
			.stack = strbuf_take(&stack),
			.ns = { ns[SIDE_BASE], ns[SIDE_NEW] } });
	}
	if (lines->count)
		qsort(lines->items, lines->count, sizeof(*lines->items),
		      by_stack);
	merge_same(lines);
	diff_tree_release(&tree);
}

static int collapsed_write(struct strbuf *out,
			   const struct comparison *comparison,
			   const struct compare_look *look, struct error *err)
{
	struct stack_line_vec lines = VEC_INIT;
	uint64_t micros[SIDE_COUNT];

	(void)look;
	(void)err;
	collect(&lines, comparison);
	for (size_t i = 0; i < lines.count; i++) {
		struct stack_line *line = &lines.items[i];

		for (int side = 0; side < SIDE_COUNT; side++)
			micros[side] = llround(comparison_per_run(comparison,
				side, line->ns[side]) / NS_PER_US);
		if (micros[SIDE_BASE] || micros[SIDE_NEW])
			strbuf_addf(out, "%s %" PRIu64 " %" PRIu64 "\n",
				    line->stack, micros[SIDE_BASE],
				    micros[SIDE_NEW]);
		free(line->stack);
	}
	stack_line_vec_release(&lines);
	return 0;
}

const struct compare_format compare_collapsed_diff = {
	.name = "collapsed-diff",
	.summary = "flame graph tools: stacks with the times of both sides",
	.write = collapsed_write,
};
