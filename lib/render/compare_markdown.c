/* SPDX-License-Identifier: MIT */
/*
 * Markdown for a pull request: the verdict first, then metrics and the
 * functions that explain the change; the rest can be folded out.
 */
#include "render/compare_forms.h"

#include "base/path.h"
#include "compare/comparison_tree.h"
#include "render/compare_words.h"
#include "render/markup.h"
#include "render/name.h"

#include <ctype.h>

enum { FUNCTIONS_SHOWN = 10 };

static void add_metric(struct strbuf *out, const struct metric_change *metric)
{
	const struct change *change = &metric->change;
	const char *mark = metric->decides ? "**" : "";

	strbuf_addf(out, "| %s", mark);
	words_add_metric(out, metric, markup_add_code);
	strbuf_addf(out, "%s | ", mark);
	words_add_amount(out, metric->unit, change->base);
	strbuf_add(out, " | ");
	words_add_amount(out, metric->unit, change->new);
	strbuf_add(out, " | ");
	words_add_percent(out, change->percent);
	strbuf_add(out, " | ");
	words_add_interval(out, metric->unit, change);
	strbuf_addf(out, " | %s%s%s |\n", mark,
		    verdict_text(change->verdict, metric->unit), mark);
}

static void add_metrics(struct strbuf *out,
			const struct comparison *comparison)
{
	if (!comparison->metrics.count)
		return;
	strbuf_add(out, "\n| metric | base | new | change | interval | verdict "
		   "|\n|---|---:|---:|---:|---:|---|\n");
	for (size_t i = 0; i < comparison->metrics.count; i++)
		add_metric(out, &comparison->metrics.items[i]);
}

static void add_place(struct strbuf *out, const struct code_change *row)
{
	struct strbuf place = STRBUF_INIT;

	if (row->file)
		name_add_place(&place, row->file, row->line, 2);
	else if (row->module)
		strbuf_add(&place, path_base(row->module));
	if (place.len)
		markup_add_code(out, strbuf_text(&place));
	strbuf_release(&place);
}

static void add_function(struct strbuf *out, const struct code_change *row)
{
	const struct change *change = &row->self;

	strbuf_add(out, "| ");
	markup_add_code(out, row->name);
	strbuf_add(out, " | ");
	words_add_amount(out, METRIC_NS, change->base);
	strbuf_add(out, " | ");
	words_add_amount(out, METRIC_NS, change->new);
	strbuf_add(out, " | ");
	words_add_delta(out, METRIC_NS, change->delta);
	strbuf_add(out, " | ");
	if (change_has_interval(change)) {
		words_add_delta(out, METRIC_NS, change->low);
		strbuf_add(out, " to ");
		words_add_delta(out, METRIC_NS, change->high);
	}
	strbuf_addf(out, " | %s", verdict_text(change->verdict, METRIC_NS));
	strbuf_add(out, row->flags ? ", " : "");
	words_add_flags(out, row, markup_add_code);
	strbuf_add(out, " | ");
	if (row->waits_for)
		strbuf_add(out, words_wait(row->waits_for));
	else
		add_place(out, row);
	strbuf_add(out, " |\n");
}

/* "Functions: +41.0 ms of +52.0 ms of CPU time are explained." */
static void add_explained(struct strbuf *out,
			  const struct comparison *comparison)
{
	const struct code_change *culprit = words_culprit(comparison);
	struct strbuf text = STRBUF_INIT;

	words_add_explained(&text, comparison);
	if (text.len)
		strbuf_addf(out, "Functions that changed explain %s of CPU "
			    "time per run.\n", strbuf_text(&text));
	else
		strbuf_add(out, "No function changed for certain; these moved "
			   "most.\n");
	if (culprit) {
		markup_add_code(out, culprit->name);
		strbuf_add(out, " has ");
		words_add_delta(out, METRIC_NS, culprit->new_total_ns -
				culprit->base_total_ns);
		strbuf_add(out, " with all that it calls.\n");
	}
	strbuf_release(&text);
	if (!comparison->explanation_agrees)
		strbuf_add(out, "The sampled runs do not show the change of "
			   "the plain ones: take this with care.\n");
}

static void add_functions(struct strbuf *out,
			  const struct comparison *comparison)
{
	const size_t count = words_rows_told(&comparison->functions,
					     FUNCTIONS_SHOWN);
	const size_t more = comparison->functions.changed > count ?
			    comparison->functions.changed - count : 0;

	if (!count)
		return;
	strbuf_add_char(out, '\n');
	add_explained(out, comparison);
	strbuf_add(out, "\n| function, its own time per run | base | new | "
		   "change | interval | verdict | where |\n"
		   "|---|---:|---:|---:|---:|---|---|\n");
	for (size_t i = 0; i < count; i++)
		add_function(out, &comparison->functions.rows.items[i]);
	if (more)
		strbuf_addf(out, "\n%zu more functions changed.\n", more);
}

/* What is no CPU time, where that matters. */
static void add_waits(struct strbuf *out, const struct comparison *comparison)
{
	const struct code_changes *waits = &comparison->waits;
	const size_t count = MIN(waits->changed, (size_t)FUNCTIONS_SHOWN);

	if (!count || comparison_clock(comparison) != WEIGH_WALL)
		return;
	strbuf_add(out, "\nWaits that changed explain ");
	words_add_delta(out, METRIC_NS, waits->changed_ns);
	strbuf_add(out, " of ");
	words_add_delta(out, METRIC_NS, waits->total_ns);
	strbuf_add(out, " off the CPU per run, of all threads.\n\n"
		   "| who waits | base | new | change | interval | verdict | "
		   "what for |\n|---|---:|---:|---:|---:|---|---|\n");
	for (size_t i = 0; i < count; i++)
		add_function(out, &waits->rows.items[i]);
	if (waits->changed > count)
		strbuf_addf(out, "\n%zu more waits changed.\n",
			    waits->changed - count);
}

/* The title stands before the first only. */
static void add_list(struct strbuf *out, const char *title,
		     const struct text_vec *texts)
{
	for (size_t i = 0; i < texts->count; i++) {
		strbuf_addf(out, "- %s", i ? "" : title);
		markup_add_plain(out, texts->items[i]);
		strbuf_add_char(out, '\n');
	}
}

static void add_notices(struct strbuf *out,
			const struct comparison *comparison)
{
	const struct notice_vec *notices = &comparison->notices;

	if (notices->count || comparison->reasons.count ||
	    comparison->advice.count)
		strbuf_add_char(out, '\n');
	for (size_t i = 0; i < notices->count; i++) {
		const struct notice *notice = &notices->items[i];
		const bool refusal = notice->kind == NOTICE_REFUSAL;

		strbuf_add(out, !refusal ? "- " : comparison->forced ?
			   "- **Forced, although:** " :
			   "- **Not comparable:** ");
		markup_add_plain(out, notice->text);
		strbuf_add_char(out, '\n');
	}
	add_list(out, "", &comparison->reasons);
	add_list(out, "To get a verdict: ", &comparison->advice);
}

static void add_fact(struct strbuf *out, const char *name, const char *base,
		     const char *new)
{
	if ((!base || !*base) && (!new || !*new))
		return;
	strbuf_addf(out, "| %s | ", name);
	markup_add_code(out, base ? base : "");
	strbuf_add(out, " | ");
	markup_add_code(out, new ? new : "");
	strbuf_add(out, " |\n");
}

static void add_details(struct strbuf *out,
			const struct comparison *comparison)
{
	const struct comparison_side *base = &comparison->sides[SIDE_BASE];
	const struct comparison_side *new = &comparison->sides[SIDE_NEW];
	const struct metric_change *metric = comparison_deciding(comparison);

	strbuf_add(out, "\n<details><summary>How this was measured</summary>"
		   "\n\n- ");
	words_add_runs(out, comparison);
	strbuf_addf(out, "\n- changes below %.1f%% count as none",
		    metric ? metric->change.margin_percent :
		    comparison->threshold_percent);
	if (metric && change_has_interval(&metric->change))
		strbuf_addf(out, "\n- intervals hold with %.3g%% (%s)",
			    metric->change.level * 100,
			    judged_by_text(metric->change.judged_by));
	strbuf_addf(out, "\n- recommendation: %s\n\n| | base | new |\n"
		    "|---|---|---|\n",
		    recommendation_name(comparison->recommendation));
	add_fact(out, "command", base->command, new->command);
	add_fact(out, "version", base->version, new->version);
	add_fact(out, "host", base->host, new->host);
	add_fact(out, "CPU", base->cpu_model, new->cpu_model);
	strbuf_add(out, "\nWritten by cprof " CPROF_VERSION ".\n\n"
		   "</details>\n");
}

static int markdown_write(struct strbuf *out,
			  const struct comparison *comparison,
			  const struct compare_look *look, struct error *err)
{
	struct strbuf headline = STRBUF_INIT;

	(void)look;
	(void)err;
	words_add_headline(&headline, comparison, markup_add_code);
	headline.text[0] = toupper((unsigned char)headline.text[0]);
	strbuf_addf(out, "### %s\n\n", strbuf_text(&headline));
	strbuf_release(&headline);
	words_add_sides(out, comparison, markup_add_code);
	strbuf_add_char(out, '\n');
	add_notices(out, comparison);
	add_metrics(out, comparison);
	add_functions(out, comparison);
	add_waits(out, comparison);
	add_details(out, comparison);
	return 0;
}

const struct compare_format compare_markdown = {
	.name = "markdown",
	.summary = "pull requests, wikis: Markdown",
	.write = markdown_write,
};
