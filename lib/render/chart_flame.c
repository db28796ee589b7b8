/* SPDX-License-Identifier: MIT */
/* The flame graph of one profile: what was called from where. */
#include "render/chart_kinds.h"

#include "base/units.h"
#include "render/chart_modules.h"
#include "render/chart_stacks.h"
#include "render/node_name.h"

struct flame {
	struct chart_stacks base;
	const struct view *view;
	struct view_tree tree;
	struct chart_modules modules;
};

static const struct flame *flame_of(const struct chart_stacks *stacks)
{
	return container_of(stacks, const struct flame, base);
}

static const struct call_node *node_at(const struct flame *flame, uint32_t id)
{
	return &flame->tree.tree.nodes.items[id];
}

static double flame_weight(const struct chart_stacks *stacks, uint32_t node)
{
	return node_at(flame_of(stacks), node)->total_ns;
}

static uint32_t flame_first(const struct chart_stacks *stacks, uint32_t node)
{
	return node_at(flame_of(stacks), node)->first_child;
}

static uint32_t flame_next(const struct chart_stacks *stacks, uint32_t node)
{
	return node_at(flame_of(stacks), node)->next_sibling;
}

static uint32_t flame_fill(const struct chart_stacks *stacks, uint32_t id)
{
	const struct flame *flame = flame_of(stacks);
	const struct chart_theme *theme = stacks->chart->theme;
	const struct call_node *node = node_at(flame, id);
	const struct function *function;

	if (KEY_KIND(node->key) == KEY_REASON)
		return theme->states[KEY_ID(node->key)];
	function = node_function(flame->view, node);
	if (function)
		return chart_function_colour(&flame->modules, stacks->chart,
					     function);
	return theme->line;
}

static void flame_add_name(const struct chart_stacks *stacks,
			   struct strbuf *out, uint32_t node)
{
	const struct flame *flame = flame_of(stacks);
	const struct function *function =
		node_function(flame->view, node_at(flame, node));

	if (function)
		function_name_add(out, flame->view->profile, function);
	else
		node_name_add(out, flame->view, &flame->tree,
			      node_at(flame, node));
}

static void add_place(const struct chart_stacks *stacks, struct strbuf *out,
		      uint32_t node)
{
	const struct flame *flame = flame_of(stacks);
	const struct function *function =
		node_function(flame->view, node_at(flame, node));
	struct strbuf place = STRBUF_INIT;

	if (function)
		function_place_add(&place, flame->view->profile, function, 3);
	if (place.len) {
		strbuf_add(out, " in ");
		chart_fit_text(stacks->chart, out, &chart_plain,
			       strbuf_text(&place), 1e4);
	}
	strbuf_release(&place);
}

static void flame_add_tip(const struct chart_stacks *stacks,
			  struct strbuf *out, const struct stack_box *box)
{
	if (box->node != ID_NONE)
		add_place(stacks, out, box->node);
	strbuf_add(out, ": ");
	units_add_duration(out, box->weight);
	strbuf_addf(out, ", %.2f%% of %s",
		    100.0 * box->weight / flame_weight(stacks, 0),
		    chart_clock_text(flame_of(stacks)->view->clock));
}

static const struct stacks_ops flame_ops = {
	.weight = flame_weight,
	.first_child = flame_first,
	.next_sibling = flame_next,
	.fill = flame_fill,
	.add_name = flame_add_name,
	.add_tip = flame_add_tip,
};

static void rank_modules(struct flame *flame)
{
	const struct profile *profile = flame->view->profile;
	uint64_t *weights = mem_calloc(profile->modules.count + 1,
				       sizeof(*weights));

	for (size_t i = 0; i < flame->tree.tree.nodes.count; i++) {
		const struct call_node *node = node_at(flame, i);
		const struct function *function =
			node_function(flame->view, node);

		if (function)
			weights[function->module] += MAX(node->self_ns, 1U);
	}
	chart_modules_init(&flame->modules, profile, weights);
	free(weights);
}

static int flame_draw(struct chart *chart, struct error *err)
{
	struct flame flame = {
		.base = { .ops = &flame_ops, .chart = chart },
		.view = chart->view,
	};
	const char *clock = chart_clock_text(chart->view->clock);
	struct strbuf title = STRBUF_INIT, caption = STRBUF_INIT;

	if (view_tree_init(&flame.tree, flame.view, err))
		return -1;
	rank_modules(&flame);
	chart_modules_legend(&flame.modules, chart);
	strbuf_addf(&title, "flame graph of %s", clock);
	strbuf_addf(&caption, "%s of a call with all below it; the order from "
		    "left to right means nothing", clock);
	chart_stacks_draw(&flame.base, strbuf_text(&title),
			  strbuf_text(&caption));
	strbuf_release(&title);
	strbuf_release(&caption);
	chart_stacks_release(&flame.base);
	view_tree_release(&flame.tree);
	return 0;
}

const struct chart_kind chart_flamegraph = {
	.name = "flamegraph",
	.summary = "what was called from where",
	.draw = flame_draw,
};
