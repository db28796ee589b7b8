/* SPDX-License-Identifier: MIT */
/* How the node of a tree is called, in text and in JSON. */
#ifndef CPROF_RENDER_NODE_NAME_H
#define CPROF_RENDER_NODE_NAME_H

#include "render/view.h"

/* Add the name, not escaped and not shortened. */
void node_name_add(struct strbuf *out, const struct view *view,
		   const struct view_tree *tree, const struct call_node *node);

/* The function of a node, or NULL. */
const struct function *node_function(const struct view *view,
				     const struct call_node *node);

/* Add the function's name for a person: without the place that follows. */
void function_name_add(struct strbuf *out, const struct profile *profile,
		       const struct function *function);

/*
 * Add where a function is: "file.c:12" with `components` of the path, or
 * its module, unless its name tells; nothing for what is no code.
 */
void function_place_add(struct strbuf *out, const struct profile *profile,
			const struct function *function,
			unsigned int components);

#endif
