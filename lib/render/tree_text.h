/* SPDX-License-Identifier: MIT */
#ifndef CPROF_RENDER_TREE_TEXT_H
#define CPROF_RENDER_TREE_TEXT_H

#include "render/text.h"
#include "render/view.h"

/*
 * Add the tree as text.  Children of a node that has only one stand below
 * it without a further indent, so that deep stacks stay narrow; long runs
 * of such nodes, where no time is spent, become one line.
 */
void tree_text(struct strbuf *out, const struct text_style *style,
	       const struct view *view, const struct view_tree *tree);

#endif
