/* SPDX-License-Identifier: MIT */
#include "render/report_text.h"

#include "base/units.h"
#include "render/annotate_text.h"
#include "render/gaps_text.h"
#include "render/metrics_view.h"
#include "render/regions_text.h"
#include "render/rows_text.h"
#include "render/summary_text.h"
#include "render/tree_text.h"

#include <inttypes.h>

static const char *clock_text(enum weight_clock clock)
{
	switch (clock) {
	case WEIGH_WALL:
		return "wall-clock time";
	case WEIGH_OFF_CPU:
		return "time off the CPU";
	default:
		return "CPU time";
	}
}

/* "CPU time, 4.89 s in 4,891 samples (62.1% of all, by the filters)" */
static void add_amount(struct strbuf *out, const struct view *view,
		       uint64_t total_ns, uint64_t samples)
{
	strbuf_addf(out, "%s, ", clock_text(view->clock));
	units_add_duration(out, total_ns);
	strbuf_add(out, " in ");
	units_add_count(out, samples);
	strbuf_add(out, samples == 1 ? " sample" : " samples");
	if (!filter_spec_is_empty(view->spec))
		strbuf_add(out, " (filtered)");
}

static void add_heading(struct strbuf *out, const struct text_style *style,
			struct strbuf *text)
{
	if (out->len)
		strbuf_add_char(out, '\n');
	text_add(out, style, TONE_TITLE, strbuf_text(text));
	strbuf_add_char(out, '\n');
	strbuf_release(text);
}

static void rows_section(struct strbuf *out, const struct text_style *style,
			 const struct view *view, const struct rows *rows)
{
	struct strbuf heading = STRBUF_INIT;

	if (view->kind == VIEW_DEFAULT)
		strbuf_add(&heading, "Hottest functions: ");
	else
		strbuf_addf(&heading, "By %s: ", rows_by_name(view->by));
	add_amount(&heading, view, rows->total_ns, rows->samples);
	add_heading(out, style, &heading);
	rows_text(out, style, view, rows);
}

static void tree_section(struct strbuf *out, const struct text_style *style,
			 const struct view *view, const struct view_tree *tree)
{
	const struct call_node *root = &tree->tree.nodes.items[0];
	struct strbuf heading = STRBUF_INIT;

	switch (view->kind) {
	case VIEW_CALLERS:
		strbuf_add(&heading, "Callers of ");
		text_add_foreign(&heading, style, view->function);
		strbuf_add(&heading, ": ");
		break;
	case VIEW_CALLEES:
		strbuf_add(&heading, "Called by ");
		text_add_foreign(&heading, style, view->function);
		strbuf_add(&heading, ": ");
		break;
	case VIEW_BOTTOM_UP:
		strbuf_add(&heading, "Bottom-up: ");
		break;
	default:
		strbuf_add(&heading, "Call tree: ");
		break;
	}
	add_amount(&heading, view, root->total_ns, root->total_samples);
	add_heading(out, style, &heading);
	tree_text(out, style, view, tree);
}

static int add_tree(struct strbuf *out, const struct text_style *style,
		    const struct view *view, struct error *err)
{
	struct view_tree tree;

	if (view_tree_init(&tree, view, err))
		return -1;
	if (tree.tree.nodes.items[0].total_samples)
		tree_section(out, style, view, &tree);
	else
		empty_text(out, style, view);
	view_tree_release(&tree);
	return 0;
}

static void add_rows(struct strbuf *out, const struct text_style *style,
		     const struct view *view)
{
	struct rows rows;

	rows_init(&rows, view->profile, view->filter, view->spec, view->clock,
		  view->by);
	if (rows.rows.count)
		rows_section(out, style, view, &rows);
	else
		empty_text(out, style, view);
	rows_release(&rows);
}

/* What most people want first: where the time went, and how it got there. */
static int add_default(struct strbuf *out, const struct text_style *style,
		       const struct view *view, struct error *err)
{
	struct view hottest = *view;
	struct view_tree tree;
	struct rows rows;

	if (view_both_init(&rows, &tree, view, err))
		return -1;
	hottest.by = ROWS_BY_FUNCTION;
	hottest.top = MIN(view->top, rows.rows.count);
	while (hottest.top > 1 && !rows.rows.items[hottest.top - 1].self_ns)
		hottest.top--;

	summary_text(out, style, view);
	regions_text_short(out, style, view);
	if (rows.samples || rows.total_ns) {
		rows_section(out, style, &hottest, &rows);
		tree_section(out, style, view, &tree);
		gaps_text(out, style, view);
	} else {
		if (out->len)
			strbuf_add_char(out, '\n');
		empty_text(out, style, view);
	}
	view_tree_release(&tree);
	rows_release(&rows);
	return 0;
}

int report_text(struct strbuf *out, const struct text_style *style,
		const struct view *view, struct error *err)
{
	warnings_text(out, style, view->profile);
	switch (view->kind) {
	case VIEW_DEFAULT:
		return add_default(out, style, view, err);
	case VIEW_ROWS:
		if (view->by == ROWS_BY_REGION)
			regions_text(out, style, view);
		else
			add_rows(out, style, view);
		return 0;
	case VIEW_ANNOTATE:
		return annotate_text(out, style, view, err);
	case VIEW_MEMORY:
	case VIEW_RESOURCES:
	case VIEW_COUNTERS:
		metrics_text(out, style, view);
		return 0;
	case VIEW_TIMELINE:
		timeline_text(out, style, view);
		return 0;
	default:
		return add_tree(out, style, view, err);
	}
}
