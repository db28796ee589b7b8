/* SPDX-License-Identifier: MIT */
/*
 * The flame graph: callers below, callees above, as wide as they weigh.
 * Calls too thin to be seen are one box of their own kind, so that what is
 * empty is really nothing.
 */
#include "render/chart_kinds.h"

#include "base/escape.h"
#include "base/units.h"
#include "render/chart_modules.h"
#include "render/node_name.h"

#include <string.h>

enum {
	ROW = 18,
	ROW_MIN = 3,		/* of deep stacks in a low picture */
	ROW_TEXT = 12,		/* lower rows have no text */
	ROWS_NATURAL = 120,	/* more are asked for by --height */
	LABEL_MIN = 26,		/* narrower boxes have no text */
	LETTERS_MIN = 7		/* of a name that was cut */
};

#define THINNEST 0.6

struct flame_box {
	uint32_t node;		/* ID_NONE: several thin ones */
	uint32_t merged;	/* how many */
	uint64_t ns;
	double x, width;
	uint32_t depth;
};

VEC_DEFINE(flame_box_vec, struct flame_box);

struct flame {
	struct chart *chart;
	const struct view *view;
	struct view_tree tree;
	struct chart_modules modules;
	struct flame_box_vec boxes;	/* nearest to the root first */
	uint32_t rows;			/* that there are */
	uint32_t rows_drawn;
	double row;			/* height of one */
};

static const struct call_node *node_at(const struct flame *flame, uint32_t id)
{
	return &flame->tree.tree.nodes.items[id];
}

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

static void add_thin(struct flame *flame, struct flame_box *thin)
{
	if (thin->width >= THINNEST)
		flame_box_vec_push(&flame->boxes, *thin);
}

/* The children are in order of weight: the thin ones are the last. */
static void lay_out_children(struct flame *flame, struct flame_box box,
			     double per_ns)
{
	struct flame_box thin = {
		.node = ID_NONE, .x = box.x, .depth = box.depth + 1
	};
	uint32_t id = node_at(flame, box.node)->first_child;

	while (id != ID_NONE) {
		const struct call_node *node = node_at(flame, id);
		const double width = node->total_ns * per_ns;

		if (width >= THINNEST) {
			flame_box_vec_push(&flame->boxes, (struct flame_box){
				.node = id, .x = thin.x, .width = width,
				.ns = node->total_ns, .depth = thin.depth });
			thin.x += width;
		} else {
			thin.width += width;
			thin.ns += node->total_ns;
			thin.merged++;
		}
		id = node->next_sibling;
	}
	add_thin(flame, &thin);
}

static void lay_out(struct flame *flame, double x, double width)
{
	const uint64_t total = node_at(flame, 0)->total_ns;

	if (!total)
		return;
	flame_box_vec_push(&flame->boxes, (struct flame_box){
		.x = x, .width = width, .ns = total });
	for (size_t i = 0; i < flame->boxes.count; i++) {
		const struct flame_box box = flame->boxes.items[i];

		flame->rows = MAX(flame->rows, box.depth + 1);
		if (box.node != ID_NONE)
			lay_out_children(flame, box, width / total);
	}
}

static uint32_t fill_of(const struct flame *flame, const struct flame_box *box)
{
	const struct chart_theme *theme = flame->chart->theme;
	const struct call_node *node;
	const struct function *function;

	if (box->node == ID_NONE)
		return colour_mix(theme->special, theme->background, 0.4);
	node = node_at(flame, box->node);
	if (KEY_KIND(node->key) == KEY_REASON)
		return theme->states[KEY_ID(node->key)];
	function = node_function(flame->view, node);
	if (function)
		return chart_function_colour(&flame->modules, flame->chart,
					     function);
	return theme->line;
}

static void add_name(struct strbuf *out, const struct flame *flame,
		     const struct flame_box *box)
{
	if (box->node != ID_NONE)
		node_name_add(out, flame->view, &flame->tree,
			      node_at(flame, box->node));
	else
		strbuf_addf(out, "(%u calls too thin to show)", box->merged);
}

/* What a browser tells where the mouse is. */
static void add_tip(struct strbuf *out, const struct flame *flame,
		    const struct flame_box *box, const char *name)
{
	const uint64_t total = node_at(flame, 0)->total_ns;

	chart_fit_text(flame->chart, out, &chart_plain, name, 1e4);
	strbuf_add(out, ": ");
	units_add_duration(out, box->ns);
	strbuf_addf(out, ", %.2f %% of %s", 100.0 * box->ns / total,
		    chart_clock_text(flame->view->clock));
}

/* A few letters of a long name are worse than none. */
static bool tells(const char *label)
{
	return !strstr(label, "\u2026") || escape_width(label) >= LETTERS_MIN;
}

static void draw_label(const struct flame *flame, const struct flame_box *box,
		       const char *name, double y, uint32_t fill)
{
	const struct font font = { .size = MIN(flame->row - 6, 12.0) };
	struct strbuf text = STRBUF_INIT;

	if (box->width >= LABEL_MIN && flame->row >= ROW_TEXT &&
	    chart_fit_function(flame->chart, &text, &font, name,
			       box->width - 9) && tells(strbuf_text(&text)))
		canvas_text(flame->chart->canvas, box->x + 4,
			    chart_middle(y, flame->row - 1, &font), &font,
			    colour_ink_on(fill), ANCHOR_START,
			    strbuf_text(&text));
	strbuf_release(&text);
}

static void draw_box(const struct flame *flame, const struct flame_box *box,
		     double bottom)
{
	struct canvas *canvas = flame->chart->canvas;
	const double y = bottom - (box->depth + 1) * flame->row;
	const uint32_t fill = fill_of(flame, box);
	struct strbuf name = STRBUF_INIT;
	struct strbuf tip = STRBUF_INIT;

	add_name(&name, flame, box);
	add_tip(&tip, flame, box, strbuf_text(&name));
	canvas_open_group(canvas, "frame", strbuf_text(&tip));
	canvas_rect(canvas, &(struct box){
		box->x, y, MAX(THINNEST, box->width - (box->width > 3)),
		flame->row > 6 ? flame->row - 1 : flame->row }, fill);
	draw_label(flame, box, strbuf_text(&name), y, fill);
	canvas_close_group(canvas);
	strbuf_release(&tip);
	strbuf_release(&name);
}

/* As many rows as there is room for; deep stacks get low ones. */
static void choose_rows(struct flame *flame)
{
	const double height = flame->chart->area.height - CHART_AXIS_HEIGHT;
	const double each = height / MAX(flame->rows, 1U);

	flame->row = MIN((double)ROW, MAX((double)ROW_MIN, each));
	flame->rows_drawn = MIN(flame->rows, height / flame->row + 1e-6);
}

static void draw(struct flame *flame, const char *title)
{
	struct chart *chart = flame->chart;
	struct box plot = chart->area;
	struct axis axis;

	choose_rows(flame);
	plot.height -= CHART_AXIS_HEIGHT;
	axis = axis_of(AXIS_NS, node_at(flame, 0)->total_ns, plot.x,
		       plot.x + plot.width, 90);
	chart_x_axis(chart, &axis, &(struct box){
		plot.x, plot.y + plot.height, plot.width, 0 }, title);
	for (size_t i = 0; i < flame->boxes.count; i++) {
		if (flame->boxes.items[i].depth < flame->rows_drawn)
			draw_box(flame, &flame->boxes.items[i],
				 plot.y + plot.height);
	}
}

/* Stacks of any depth are no reason for a picture of any height. */
static void note_depth(struct flame *flame)
{
	const uint32_t request = flame->chart->request->height;

	if (request ? flame->rows * ROW_MIN > request :
	    flame->rows > ROWS_NATURAL)
		chart_add_note(flame->chart, "The stacks are %u calls deep: "
			       "the innermost may not be shown.", flame->rows);
}

static int flame_draw(struct chart *chart, struct error *err)
{
	struct flame flame = { .chart = chart, .view = chart->view };
	const double margin = chart->width < 480 ? 10 : 20;
	struct strbuf title = STRBUF_INIT;

	if (view_tree_init(&flame.tree, flame.view, err))
		return -1;
	rank_modules(&flame);
	lay_out(&flame, margin, chart->width - 2 * margin);
	note_depth(&flame);
	chart_modules_legend(&flame.modules, chart);
	strbuf_addf(&title, "flame graph of %s",
		    chart_clock_text(chart->view->clock));
	chart_begin(chart, strbuf_text(&title), CHART_AXIS_HEIGHT +
		    MIN(flame.rows, (uint32_t)ROWS_NATURAL) * ROW);
	strbuf_clear(&title);
	strbuf_addf(&title, "%s of a call with all below it; the order from "
		    "left to right means nothing",
		    chart_clock_text(chart->view->clock));
	draw(&flame, strbuf_text(&title));
	strbuf_release(&title);
	flame_box_vec_release(&flame.boxes);
	view_tree_release(&flame.tree);
	return 0;
}

const struct chart_kind chart_flamegraph = {
	.name = "flamegraph",
	.summary = "what was called from where",
	.draw = flame_draw,
};
