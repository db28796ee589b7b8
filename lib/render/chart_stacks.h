/* SPDX-License-Identifier: MIT */
/*
 * The boxes of a flame graph, of one profile or of two: callers below,
 * callees above, as wide as they weigh.  Calls too thin to be seen are one
 * box of their own kind, so that what is empty is really nothing.
 */
#ifndef CPROF_RENDER_CHART_STACKS_H
#define CPROF_RENDER_CHART_STACKS_H

#include "render/chart.h"

struct stack_box {
	uint32_t node;		/* ID_NONE: several thin ones */
	uint32_t merged;	/* how many */
	uint32_t depth;
	double weight;
	double x, width;
};

VEC_DEFINE(stack_box_vec, struct stack_box);

struct chart_stacks;

/* The tree that is drawn.  Its root is node 0; ids are < ID_NONE. */
struct stacks_ops {
	/* Nanoseconds; no less than those of the children together. */
	double (*weight)(const struct chart_stacks *stacks, uint32_t node);
	/* ID_NONE: there is none.  The heaviest come first. */
	uint32_t (*first_child)(const struct chart_stacks *stacks,
				uint32_t node);
	uint32_t (*next_sibling)(const struct chart_stacks *stacks,
				 uint32_t node);
	uint32_t (*fill)(const struct chart_stacks *stacks, uint32_t node);
	/* The name, not escaped. */
	void (*add_name)(const struct chart_stacks *stacks, struct strbuf *out,
			 uint32_t node);
	/* What a browser tells behind the name; of thin ones, too. */
	void (*add_tip)(const struct chart_stacks *stacks, struct strbuf *out,
			const struct stack_box *box);
	/* What stands behind the name where there is room; may be NULL. */
	void (*add_more)(const struct chart_stacks *stacks,
			 struct strbuf *out, uint32_t node);
	/* Draw over a box that was filled, below its name; may be NULL. */
	void (*mark)(const struct chart_stacks *stacks, uint32_t node,
		     const struct box *box, uint32_t fill);
};

struct chart_stacks {
	const struct stacks_ops *ops;
	struct chart *chart;
	struct stack_box_vec boxes;	/* nearest to the root first */
	uint32_t rows;			/* that there are */
	uint32_t rows_drawn;
	double row;			/* height of one */
};

/*
 * Begin the picture with `title` and draw all of it, over an axis that is
 * called `caption`.
 */
void chart_stacks_draw(struct chart_stacks *stacks, const char *title,
		       const char *caption);

void chart_stacks_release(struct chart_stacks *stacks);

#endif
