/* SPDX-License-Identifier: MIT */
/*
 * A comparison as a picture: the flame graph of both sides.  A box is as
 * wide as the mean of its sides, so that what is new and what is gone can
 * be seen, too; its colour is the change.
 */
#include "render/compare_forms.h"

#include "compare/comparison_tree.h"
#include "render/chart_stacks.h"
#include "render/compare_words.h"

#include <math.h>

enum { NOTICES_SHOWN = 3 };

static const char *const fate_words[] = { "gone ", "", "new " };

struct difference {
	struct chart_stacks base;
	const struct comparison *comparison;
	enum weight_clock clock;	/* that of the verdict */
	struct diff_tree tree;
	double (*per_run)[SIDE_COUNT];	/* by node, with all below it */
	uint32_t *first_child;		/* by node; the heaviest comes first */
	uint32_t *next_sibling;
	double most;			/* the change of the full colour */
};

static const struct difference *
difference_of(const struct chart_stacks *stacks)
{
	return container_of(stacks, const struct difference, base);
}

static double weight_of(const struct difference *difference, uint32_t node)
{
	const double *sides = difference->per_run[node];

	return (sides[SIDE_BASE] + sides[SIDE_NEW]) / 2;
}

static double delta_of(const struct difference *difference, uint32_t node)
{
	const double *sides = difference->per_run[node];

	return sides[SIDE_NEW] - sides[SIDE_BASE];
}

/* Is it new (1), gone (-1) or on both sides (0)? */
static int fate_of(const struct difference *difference, uint32_t node)
{
	const double *sides = difference->per_run[node];

	return (sides[SIDE_NEW] > 0) - (sides[SIDE_BASE] > 0);
}

static double stacks_weight(const struct chart_stacks *stacks, uint32_t node)
{
	return weight_of(difference_of(stacks), node);
}

static uint32_t stacks_first(const struct chart_stacks *stacks, uint32_t node)
{
	return difference_of(stacks)->first_child[node];
}

static uint32_t stacks_next(const struct chart_stacks *stacks, uint32_t node)
{
	return difference_of(stacks)->next_sibling[node];
}

static double share_of(const struct difference *difference, uint32_t node)
{
	return delta_of(difference, node) / difference->most;
}

static uint32_t stacks_fill(const struct chart_stacks *stacks, uint32_t node)
{
	return chart_change(stacks->chart->theme,
			    share_of(difference_of(stacks), node));
}

static void stacks_add_name(const struct chart_stacks *stacks,
			    struct strbuf *out, uint32_t node)
{
	const struct difference *difference = difference_of(stacks);

	comparison_add_symbol(out, difference->comparison,
			      difference->tree.nodes.items[node].symbol);
}

/* "new +20.0 ms"; what did not change has no number. */
static void stacks_add_more(const struct chart_stacks *stacks,
			    struct strbuf *out, uint32_t node)
{
	const struct difference *difference = difference_of(stacks);

	strbuf_add(out, fate_words[fate_of(difference, node) + 1]);
	if (chart_is_change(share_of(difference, node)))
		words_add_delta(out, METRIC_NS, delta_of(difference, node));
}

/* "+120 ms (+24.0%), 500 ms became 620 ms": the end may be cut. */
static void add_change(struct strbuf *out,
		       const struct difference *difference, uint32_t node)
{
	const double *sides = difference->per_run[node];

	words_add_delta(out, METRIC_NS, delta_of(difference, node));
	if (sides[SIDE_BASE] > 0) {
		strbuf_add(out, " (");
		words_add_percent(out, 100 * delta_of(difference, node) /
				  sides[SIDE_BASE]);
		strbuf_add_char(out, ')');
	}
	strbuf_add(out, ", ");
	words_add_amount(out, METRIC_NS, sides[SIDE_BASE]);
	strbuf_add(out, " became ");
	words_add_amount(out, METRIC_NS, sides[SIDE_NEW]);
}

static void stacks_add_tip(const struct chart_stacks *stacks,
			   struct strbuf *out, const struct stack_box *box)
{
	const struct difference *difference = difference_of(stacks);

	if (box->node == ID_NONE)
		return;
	strbuf_add(out, ": ");
	strbuf_add(out, fate_words[fate_of(difference, box->node) + 1]);
	add_change(out, difference, box->node);
	strbuf_add(out, " per run");
}

static void stacks_mark(const struct chart_stacks *stacks, uint32_t node,
			const struct box *box, uint32_t fill)
{
	const struct difference *difference = difference_of(stacks);
	const int fate = fate_of(difference, node);

	if (fate && box->width > 2)
		chart_hatch(stacks->chart, box, fate > 0, colour_mix(
			    fill, stacks->chart->theme->ink, 0.28));
}

static const struct stacks_ops difference_ops = {
	.weight = stacks_weight,
	.first_child = stacks_first,
	.next_sibling = stacks_next,
	.fill = stacks_fill,
	.add_name = stacks_add_name,
	.add_tip = stacks_add_tip,
	.add_more = stacks_add_more,
	.mark = stacks_mark,
};

static int lighter(const void *a, const void *b, void *context)
{
	const struct difference *difference = context;
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	const double p = weight_of(difference, x);
	const double q = weight_of(difference, y);

	if (p < q || p > q)
		return p < q ? -1 : 1;
	return (x < y) - (x > y);
}

/* The heaviest is put before the others last. */
static void link_children(struct difference *difference)
{
	const size_t count = difference->tree.nodes.count;
	uint32_t *order = mem_calloc(count, sizeof(*order));

	difference->first_child = mem_calloc(count, sizeof(uint32_t));
	difference->next_sibling = mem_calloc(count, sizeof(uint32_t));
	for (size_t i = 0; i < count; i++) {
		order[i] = i;
		difference->first_child[i] = ID_NONE;
		difference->next_sibling[i] = ID_NONE;
	}
	qsort_r(order, count, sizeof(*order), lighter, difference);
	for (size_t i = 0; i < count; i++) {
		const uint32_t node = order[i];
		const uint32_t parent =
			difference->tree.nodes.items[node].parent;

		if (parent == ID_NONE)
			continue;
		difference->next_sibling[node] =
			difference->first_child[parent];
		difference->first_child[parent] = node;
	}
	free(order);
}

/* As in the page: no less than a twentieth of a run has the full colour. */
static void find_sums(struct difference *difference)
{
	const struct diff_node_vec *nodes = &difference->tree.nodes;
	const double *root;

	difference->per_run = mem_calloc(nodes->count,
					 sizeof(*difference->per_run));
	for (size_t i = 0; i < nodes->count; i++) {
		for (int side = 0; side < SIDE_COUNT; side++)
			difference->per_run[i][side] = comparison_per_run(
				difference->comparison, side,
				nodes->items[i].total_ns[side]);
	}
	root = difference->per_run[0];
	difference->most = MAX(1, MAX(root[SIDE_BASE], root[SIDE_NEW]) / 20);
	for (size_t i = 1; i < nodes->count; i++)
		difference->most = MAX(difference->most,
				       fabs(delta_of(difference, i)));
}

static void difference_init(struct difference *difference,
			    const struct comparison *comparison,
			    struct chart *chart)
{
	*difference = (struct difference){
		.base = { .ops = &difference_ops, .chart = chart },
		.comparison = comparison,
		.clock = comparison_clock(comparison),
	};
	comparison_tree_init(&difference->tree, comparison, difference->clock,
			     TREE_SKIP_START | TREE_FOLD_SELF);
	find_sums(difference);
	link_children(difference);
}

static void difference_release(struct difference *difference)
{
	chart_stacks_release(&difference->base);
	diff_tree_release(&difference->tree);
	free(difference->per_run);
	free(difference->first_child);
	free(difference->next_sibling);
}

static void add_legend(const struct difference *difference)
{
	struct chart *chart = difference->base.chart;
	const struct chart_theme *theme = chart->theme;
	struct strbuf text = STRBUF_INIT;

	strbuf_add(&text, "less time: ");
	words_add_delta(&text, METRIC_NS, -difference->most);
	chart_add_legend(chart, LEGEND_BLOCK, theme->less,
			 strbuf_text(&text));
	chart_add_legend(chart, LEGEND_BLOCK, theme->same, "as it was");
	strbuf_clear(&text);
	strbuf_add(&text, "more time: ");
	words_add_delta(&text, METRIC_NS, difference->most);
	chart_add_legend(chart, LEGEND_BLOCK, theme->more,
			 strbuf_text(&text));
	chart_add_legend(chart, LEGEND_RISING, chart_change(theme, 0.3),
			 "new");
	chart_add_legend(chart, LEGEND_FALLING, chart_change(theme, -0.3),
			 "gone");
	strbuf_release(&text);
}

/* What the verdict does not say by itself. */
static void add_notes(const struct difference *difference)
{
	const struct comparison *comparison = difference->comparison;
	struct chart *chart = difference->base.chart;
	const size_t count = MIN(comparison->notices.count,
				 (size_t)NOTICES_SHOWN);

	for (size_t i = 0; i < count; i++) {
		const struct notice *notice = &comparison->notices.items[i];

		if (notice->kind == NOTICE_REFUSAL)
			chart_add_note(chart, "%s: %s", comparison->refused ?
				       "Not comparable" : "Compared, although",
				       notice->text);
	}
	if (!comparison->refused && weight_of(difference, 0) <= 0)
		chart_add_note(chart, "No samples are on either side.");
	if (comparison->functions.rows.count &&
	    !comparison->explanation_agrees)
		chart_add_note(chart, "Doubt: the sampled runs changed in the "
			       "other direction than the whole; do not rely "
			       "on this picture.");
}

static void draw(struct chart *chart, const struct comparison *comparison)
{
	struct strbuf title = STRBUF_INIT, caption = STRBUF_INIT;
	struct difference difference;

	difference_init(&difference, comparison, chart);
	add_legend(&difference);
	add_notes(&difference);
	if (weight_of(&difference, 0) > 0) {
		strbuf_addf(&title, "%s ",
			    chart_clock_text(difference.clock));
		add_change(&title, &difference, 0);
	}
	strbuf_addf(&caption, "%s per run of a call with all below it, the "
		    "mean of both sides", chart_clock_text(difference.clock));
	chart_stacks_draw(&difference.base, strbuf_text(&title),
			  strbuf_text(&caption));
	strbuf_release(&caption);
	strbuf_release(&title);
	difference_release(&difference);
}

static int write_on(struct strbuf *out, struct canvas *canvas,
		    const struct comparison *comparison,
		    const struct compare_look *look, struct error *err)
{
	static const struct chart_request usual = { .theme = &chart_light };
	struct chart chart = chart_of(canvas, look && look->chart ?
				      look->chart : &usual);
	struct strbuf name = STRBUF_INIT;
	int ret;

	words_add_sides(&name, comparison, strbuf_add);
	chart.name = strbuf_text(&name);
	words_add_headline(&chart.facts, comparison, strbuf_add);
	strbuf_add(&chart.facts, " \u00b7 ");
	words_add_runs(&chart.facts, comparison);
	draw(&chart, comparison);
	ret = chart_end(&chart, out, 0, err);
	strbuf_release(&name);
	canvas_free(canvas);
	return ret;
}

static int svg_write(struct strbuf *out, const struct comparison *comparison,
		     const struct compare_look *look, struct error *err)
{
	return write_on(out, canvas_svg_new(), comparison, look, err);
}

static int png_write(struct strbuf *out, const struct comparison *comparison,
		     const struct compare_look *look, struct error *err)
{
	struct canvas *canvas;

	if (canvas_png_new(&canvas, err))
		return -1;
	return write_on(out, canvas, comparison, look, err);
}

const struct compare_format compare_svg = {
	.name = "svg",
	.summary = "browsers and documents: a flame graph of both sides",
	.is_chart = true,
	.write = svg_write,
};

const struct compare_format compare_png = {
	.name = "png",
	.summary = "the same, as a picture of pixels",
	.is_chart = true,
	.binary = true,
	.write = png_write,
};
