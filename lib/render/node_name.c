/* SPDX-License-Identifier: MIT */
#include "render/node_name.h"

#include "render/name.h"

#include <inttypes.h>
#include <string.h>

static void add_group(struct strbuf *out, const struct view *view,
		      const struct view_tree *tree, uint32_t group)
{
	const uint32_t first = tree->groups.first.items[group];
	const uint32_t count = tree->groups.count.items[group];
	const struct process *process =
		&view->profile->processes.items[first].begin;

	if (count == 1)
		strbuf_addf(out, "%s [%" PRId32 "]", process->name,
			    process->pid);
	else
		strbuf_addf(out, "%s (%" PRIu32 " processes)", process->name,
			    count);
}

static void add_root(struct strbuf *out, const struct view *view)
{
	const struct profile *profile = view->profile;

	if (view->kind != VIEW_DEFAULT && view->kind != VIEW_TREE)
		strbuf_add(out, "[all]");
	else if (!profile->runs.count)
		strbuf_add(out, "[all]");
	else if (*profile->runs.items[0].begin.name)
		strbuf_add(out, profile->runs.items[0].begin.name);
	else
		strbuf_add(out, "[all]");
}

const struct function *node_function(const struct view *view,
				     const struct call_node *node)
{
	if (KEY_KIND(node->key) != KEY_CODE)
		return NULL;
	return &view->profile->functions.items[KEY_ID(node->key)];
}

void node_name_add(struct strbuf *out, const struct view *view,
		   const struct view_tree *tree, const struct call_node *node)
{
	const uint32_t id = KEY_ID(node->key);

	switch (KEY_KIND(node->key)) {
	case KEY_GROUP:
		add_group(out, view, tree, id);
		break;
	case KEY_REASON:
		strbuf_addf(out, "[%s]", thread_state_text(id));
		break;
	case KEY_ROOT:
		add_root(out, view);
		break;
	default:
		strbuf_add(out, view->profile->functions.items[id].name);
		break;
	}
}

void function_name_add(struct strbuf *out, const struct profile *profile,
		       const struct function *function)
{
	const uint8_t kind =
		profile->modules.items[function->module].module.kind;

	if (kind == MODULE_JIT && !function->file)
		name_add_without_place(out, function->name);
	else
		strbuf_add(out, function->name);
}

static bool add_own_place(struct strbuf *out, const struct function *function,
			  unsigned int components)
{
	struct strbuf place = STRBUF_INIT;

	name_split_place(function->name, &place);
	if (place.len)
		name_add_place(out, strbuf_text(&place), 0, components);
	strbuf_release(&place);
	return out->len;
}

void function_place_add(struct strbuf *out, const struct profile *profile,
			const struct function *function,
			unsigned int components)
{
	const struct profile_module *module =
		&profile->modules.items[function->module];

	if (function->file)
		name_add_place(out, function->file, function->line,
			       components);
	else if (module->module.kind == MODULE_JIT &&
		 add_own_place(out, function, components))
		return;
	else if (module->module.kind != MODULE_SPECIAL &&
		 !name_tells_module(function->name, module->name))
		strbuf_add(out, module->name);
}
