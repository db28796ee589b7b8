/* SPDX-License-Identifier: MIT */
/*
 * A comparison as one page for browsers: the verdict, a flame graph of both
 * sides, tables.  Readers without scripts get the tables that matter.
 */
#include "render/compare_forms.h"

#include "render/compare_data.h"
#include "render/compare_words.h"
#include "render/html_assets.h"
#include "render/html_shell.h"
#include "render/markup.h"

enum { STATIC_ROWS = 20 };

static void add_cell(struct strbuf *out, struct strbuf *text)
{
	strbuf_addf(out, "<td>%s</td>", strbuf_text(text));
	strbuf_clear(text);
}

static void add_change(struct strbuf *out, enum metric_unit unit,
		       const struct change *change)
{
	struct strbuf text = STRBUF_INIT;

	words_add_amount(&text, unit, change->base);
	add_cell(out, &text);
	words_add_amount(&text, unit, change->new);
	add_cell(out, &text);
	words_add_delta(&text, unit, change->delta);
	add_cell(out, &text);
	words_add_interval(&text, unit, change);
	add_cell(out, &text);
	strbuf_add(&text, verdict_text(change->verdict, unit));
	add_cell(out, &text);
	strbuf_release(&text);
}

static void add_table(struct strbuf *out, const char *name)
{
	strbuf_addf(out, "<table>\n<tr><th>%s</th><th>Base</th><th>New</th>"
		    "<th>Change</th><th>Interval</th><th>Verdict</th></tr>\n",
		    name);
}

static void add_metrics(struct strbuf *out,
			const struct comparison *comparison)
{
	add_table(out, "Metric");
	for (size_t i = 0; i < comparison->metrics.count; i++) {
		const struct metric_change *metric =
			&comparison->metrics.items[i];

		strbuf_add(out, "<tr><td>");
		words_add_metric(out, metric, markup_add_text);
		strbuf_add(out, "</td>");
		add_change(out, metric->unit, &metric->change);
		strbuf_add(out, "</tr>\n");
	}
	strbuf_add(out, "</table>\n");
}

static void add_functions(struct strbuf *out,
			  const struct comparison *comparison)
{
	const struct code_change_vec *rows = &comparison->functions.rows;

	add_table(out, "Function, its own time per run");
	for (size_t i = 0; i < rows->count && i < STATIC_ROWS; i++) {
		strbuf_add(out, "<tr><td>");
		markup_add_text(out, rows->items[i].name);
		strbuf_add(out, "</td>");
		add_change(out, METRIC_NS, &rows->items[i].self);
		strbuf_add(out, "</tr>\n");
	}
	strbuf_add(out, "</table>\n");
}

static void add_static(struct strbuf *out, const struct comparison *comparison)
{
	strbuf_add(out, "<h1>");
	words_add_sides(out, comparison, markup_add_text);
	strbuf_add(out, "</h1>\n<p>");
	words_add_headline(out, comparison, markup_add_text);
	strbuf_add(out, "</p>\n");
	for (size_t i = 0; i < comparison->notices.count; i++) {
		strbuf_add(out, "<p>");
		markup_add_text(out, comparison->notices.items[i].text);
		strbuf_add(out, "</p>\n");
	}
	add_metrics(out, comparison);
	add_functions(out, comparison);
	strbuf_add(out, "<p>The rest of this page needs JavaScript; it loads "
		   "nothing from the network.</p>\n");
}

static int html_write(struct strbuf *out, const struct comparison *comparison,
		      const struct compare_look *look, struct error *err)
{
	struct strbuf script = STRBUF_INIT;
	struct strbuf css = STRBUF_INIT;
	struct strbuf fallback = STRBUF_INIT;
	struct strbuf data = STRBUF_INIT;
	struct strbuf title = STRBUF_INIT;

	(void)look;
	(void)err;
	html_assets_script(&script, HTML_DIFFERENCE);
	html_assets_style(&css, HTML_DIFFERENCE);
	add_static(&fallback, comparison);
	compare_data(&data, comparison);
	words_add_sides(&title, comparison, strbuf_add);
	html_shell(out, &(struct html_parts){
		.title = strbuf_text(&title),
		.script = &script,
		.style = &css,
		.fallback = &fallback,
		.data = &data,
	});
	strbuf_release(&script);
	strbuf_release(&css);
	strbuf_release(&fallback);
	strbuf_release(&data);
	strbuf_release(&title);
	return 0;
}

const struct compare_format compare_html = {
	.name = "html",
	.summary = "browsers: a page with flame graph and tables, no network",
	.write = html_write,
};
