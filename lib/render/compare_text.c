/* SPDX-License-Identifier: MIT */
/* For a terminal: what is compared, the metrics, the code, the verdict. */
#include "render/compare_forms.h"

#include "base/path.h"
#include "compare/comparison_tree.h"
#include "render/compare_words.h"
#include "render/name.h"
#include "render/table.h"

#include <math.h>

enum {
	ROWS_CERTAIN_MAX = 20,
	WIDE = 116		/* from here on, both sides' times are shown */
};

static enum text_tone verdict_tone(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_SLOWER:
		return TONE_HOT;
	case VERDICT_FASTER:
		return TONE_COOL;
	case VERDICT_SAME:
		return TONE_PLAIN;
	default:
		return TONE_DIM;
	}
}

static void add_side(struct table *table, const char *title,
		     const struct comparison_side *side)
{
	struct strbuf text = STRBUF_INIT;

	table_add(table, TONE_TITLE, title);
	strbuf_addf(&text, "%s%s%s", side->name, *side->version ? " " : "",
		    side->version);
	table_take(table, TONE_PLAIN, &text);
	if (side->plain_runs)
		strbuf_addf(&text, "%zu plain%s", side->plain_runs,
			    side->profiled_runs ? ", " : "");
	if (side->profiled_runs)
		strbuf_addf(&text, "%zu sampled", side->profiled_runs);
	table_take(table, TONE_PLAIN, &text);
	if (side->file_count == 1)
		strbuf_add(&text, side->files[0]);
	else if (side->file_count)
		strbuf_addf(&text, "%zu files", side->file_count);
	else
		strbuf_add(&text, "none");
	table_take(table, TONE_PLAIN, &text);
	table_add(table, TONE_DIM, side->command);
	strbuf_release(&text);
}

static void add_sides(struct strbuf *out, const struct text_style *style,
		      const struct comparison *comparison)
{
	static const struct table_column columns[] = {
		{ "", COLUMN_TEXT, 4 }, { "program", COLUMN_TEXT, 12 },
		{ "runs", COLUMN_TEXT, 12 }, { "profile", COLUMN_PATH, 12 },
		{ "command", COLUMN_TEXT, 12 },
	};
	struct table table = table_of(columns, ARRAY_SIZE(columns));

	add_side(&table, "BASE", &comparison->sides[SIDE_BASE]);
	add_side(&table, "NEW", &comparison->sides[SIDE_NEW]);
	table_print(out, style, &table);
	table_release(&table);
}

/* "title: text", wrapped; the text may have names from outside in it. */
static void add_line(struct strbuf *out, const struct text_style *style,
		     enum text_tone tone, const char *title, const char *text)
{
	struct strbuf safe = STRBUF_INIT;
	size_t used;

	text_add(out, style, tone, title);
	for (used = 0; title[used]; used++)
		;
	text_add_foreign(&safe, style, text);
	text_add_wrapped(out, style, strbuf_text(&safe), used, used);
	strbuf_release(&safe);
}

static void add_notices(struct strbuf *out, const struct text_style *style,
			const struct comparison *comparison)
{
	const struct notice_vec *notices = &comparison->notices;

	if (notices->count)
		strbuf_add_char(out, '\n');
	for (size_t i = 0; i < notices->count; i++) {
		const struct notice *notice = &notices->items[i];

		if (notice->kind == NOTICE_INFO)
			add_line(out, style, TONE_DIM, "note: ", notice->text);
		else
			add_line(out, style, TONE_WARNING,
				 comparison->forced ?
				 "FORCED, although: " :
				 "not comparable: ", notice->text);
	}
}

static void add_metric(struct table *table, const struct metric_change *metric)
{
	const struct change *change = &metric->change;
	const enum text_tone tone = metric->decides ? TONE_TITLE : TONE_PLAIN;
	struct strbuf text = STRBUF_INIT;

	words_add_metric(&text, metric, strbuf_add);
	table_take(table, tone, &text);
	words_add_amount(&text, metric->unit, change->base);
	table_take(table, TONE_PLAIN, &text);
	words_add_amount(&text, metric->unit, change->new);
	table_take(table, TONE_PLAIN, &text);
	words_add_percent(&text, change->percent);
	table_take(table, TONE_PLAIN, &text);
	words_add_interval(&text, metric->unit, change);
	table_take(table, TONE_DIM, &text);
	table_add(table, verdict_tone(change->verdict),
		  verdict_text(change->verdict, metric->unit));
	strbuf_release(&text);
}

/* "Medians of runs that nobody sampled, ...; the change is by ranks ..." */
static void add_method(struct strbuf *out, const struct text_style *style,
		       const struct comparison *comparison)
{
	const struct metric_change *metric = comparison_deciding(comparison);
	const bool single = metric->change.base_runs == 1 &&
			    metric->change.new_runs == 1;
	struct strbuf text = STRBUF_INIT;

	/* The change is not the difference of medians: cprof-compare(1). */
	strbuf_addf(&text, "%s%s, ", single ? "Of " : "Medians of ",
		    metric->from_plain_runs ? "runs that nobody sampled" :
		    "sampled runs");
	if (single)
		strbuf_add(&text, "one a side");
	else
		strbuf_addf(&text, "%sinterleaved; the change is by %s",
			    comparison->interleaved ? "" : "not ",
			    judged_by_text(metric->change.judged_by));
	strbuf_addf(&text, "; changes within %.3g%% are none",
		    metric->change.margin_percent);
	if (metric->noise_percent > comparison->threshold_percent)
		strbuf_add(&text, ", which is the noise of BASE");
	strbuf_add_char(&text, '.');
	text_add_wrapped(out, style, strbuf_text(&text), 0, 0);
	strbuf_release(&text);
}

static void add_metrics(struct strbuf *out, const struct text_style *style,
			const struct comparison *comparison)
{
	static const struct table_column columns[] = {
		{ "metric", COLUMN_TEXT, 12 }, { "BASE", COLUMN_NUMBER, 0 },
		{ "NEW", COLUMN_NUMBER, 0 }, { "change", COLUMN_NUMBER, 0 },
		{ "95% interval", COLUMN_NUMBER, 0 },
		{ "verdict", COLUMN_TEXT, 11 },
	};
	struct table table = table_of(columns, ARRAY_SIZE(columns));

	strbuf_add_char(out, '\n');
	for (size_t i = 0; i < comparison->metrics.count; i++)
		add_metric(&table, &comparison->metrics.items[i]);
	table_print(out, style, &table);
	table_release(&table);
	if (comparison_deciding(comparison))
		add_method(out, style, comparison);
}

/* "slower, new": what is known of it besides, in a word. */
static void add_code_verdict(struct table *table,
			     const struct code_change *row)
{
	const enum verdict verdict = row->self.verdict;
	struct strbuf text = STRBUF_INIT;

	strbuf_add(&text, verdict_text(verdict, METRIC_NS));
	if (row->flags & CODE_NEW)
		strbuf_add(&text, ", new");
	else if (row->flags & CODE_GONE)
		strbuf_add(&text, ", gone");
	else if (row->flags & (CODE_INLINED | CODE_OUTLINED))
		strbuf_add(&text, row->flags & CODE_INLINED ? ", inlined" :
			   ", not inlined");
	table_take(table, verdict_tone(verdict), &text);
	strbuf_release(&text);
}

static void add_where(struct table *table, const struct code_change *row)
{
	struct strbuf text = STRBUF_INIT;

	if (row->waits_for)
		strbuf_add(&text, words_wait(row->waits_for));
	else if (row->file)
		name_add_place(&text, row->file, row->line, 1);
	else if (row->module && !row->special)
		strbuf_add(&text, path_base(row->module));
	if (row->flags & CODE_MERGED && row->partner)
		strbuf_addf(&text, "%s%s %s?", text.len ? ", " : "",
			    row->flags & CODE_GONE ? "into" : "out of",
			    row->partner);
	if (row->flags & CODE_RENAMED && row->old_name)
		strbuf_addf(&text, "%swas %s", text.len ? ", " : "",
			    row->old_name);
	table_take(table, TONE_DIM, &text);
	strbuf_release(&text);
}

static void add_code_row(struct table *table, const struct code_change *row,
			 bool wide)
{
	const struct change *change = &row->self;
	struct strbuf text = STRBUF_INIT;

	words_add_delta(&text, METRIC_NS, change->delta);
	table_take(table, verdict_tone(change->verdict), &text);
	if (change_has_interval(change)) {
		words_add_delta(&text, METRIC_NS, change->low);
		strbuf_add(&text, " to ");
		words_add_delta(&text, METRIC_NS, change->high);
	}
	table_take(table, TONE_DIM, &text);
	if (wide) {
		words_add_amount(&text, METRIC_NS, change->base);
		table_take(table, TONE_PLAIN, &text);
		words_add_amount(&text, METRIC_NS, change->new);
		table_take(table, TONE_PLAIN, &text);
	}
	if (change->base > 0)
		words_add_percent(&text, change->percent);
	table_take(table, TONE_PLAIN, &text);
	add_code_verdict(table, row);
	table_add(table, TONE_PLAIN, row->name);
	add_where(table, row);
	strbuf_release(&text);
}

static void add_code_table(struct strbuf *out, const struct text_style *style,
			   const struct code_changes *changes, size_t count)
{
	const bool waits = changes->rows.items[0].waits_for;
	const bool wide = style->width >= WIDE;
	const struct table_column columns[] = {
		{ "change", COLUMN_NUMBER, 0 },
		{ "95% interval", COLUMN_NUMBER, 0 },
		{ "BASE", COLUMN_NUMBER, 0 }, { "NEW", COLUMN_NUMBER, 0 },
		{ "relative", COLUMN_NUMBER, 0 },
		{ "verdict", COLUMN_TEXT, 11 },
		{ waits ? "who waits" : rows_by_name(changes->by),
		  changes->by == ROWS_BY_MODULE ? COLUMN_PATH :
						  COLUMN_FUNCTION, 16 },
		{ waits ? "what for" : "where",
		  waits ? COLUMN_TEXT : COLUMN_PLACE, 14 },
	};
	struct table_column narrow[ARRAY_SIZE(columns) - 2];
	struct table table;

	for (size_t i = 0; i < ARRAY_SIZE(narrow); i++)
		narrow[i] = columns[i < 2 ? i : i + 2];
	table = wide ? table_of(columns, ARRAY_SIZE(columns)) :
		       table_of(narrow, ARRAY_SIZE(narrow));
	for (size_t i = 0; i < count; i++)
		add_code_row(&table, &changes->rows.items[i], wide);
	table_print(out, style, &table);
	table_release(&table);
}

static const struct code_changes *
chosen_table(const struct comparison *comparison)
{
	switch (comparison->by) {
	case ROWS_BY_LINE:
		return &comparison->lines;
	case ROWS_BY_MODULE:
		return &comparison->modules;
	default:
		return &comparison->functions;
	}
}

static void add_culprit(struct strbuf *out, const struct text_style *style,
			const struct comparison *comparison)
{
	const struct code_change *row = words_culprit(comparison);

	if (!row || comparison->by != ROWS_BY_FUNCTION)
		return;
	strbuf_add(out, "; ");
	text_add_foreign(out, style, row->name);
	strbuf_add(out, " has ");
	words_add_delta(out, METRIC_NS, row->new_total_ns -
			row->base_total_ns);
	strbuf_add(out, " with all that it calls");
}

/* "CPU time per run: +52.0 ms; 2 functions explain +41.0 ms of it, ..." */
static void add_account(struct strbuf *out, const struct text_style *style,
			const struct comparison *comparison,
			const struct code_changes *changes)
{
	const char *what = rows_by_name(changes->by);
	struct strbuf text = STRBUF_INIT;

	strbuf_add(&text, "CPU time per run changed by ");
	words_add_delta(&text, METRIC_NS, changes->total_ns);
	if (changes->changed) {
		strbuf_addf(&text, "; %zu %s%s explain%s ", changes->changed,
			    what, changes->changed == 1 ? "" : "s",
			    changes->changed == 1 ? "s" : "");
		words_add_delta(&text, METRIC_NS, changes->changed_ns);
		strbuf_add(&text, " of it");
	} else {
		strbuf_addf(&text, "; no %s changed for certain", what);
	}
	strbuf_addf(&text, ", %s %ss ", changes->changed ? "the other" : "all",
		    what);
	words_add_delta(&text, METRIC_NS, changes->unchanged_ns);
	/* Sums of doubles: what rounds to 0 ns is none. */
	if (fabs(changes->outside_ns) >= 0.5) {
		strbuf_add(&text, "; ");
		words_add_delta(&text, METRIC_NS, changes->outside_ns);
		strbuf_add(&text, " is not in the sampled runs");
	}
	add_culprit(&text, style, comparison);
	strbuf_add_char(&text, ':');
	text_add_wrapped(out, style, strbuf_text(&text), 0, 0);
	strbuf_release(&text);
}

static void add_code(struct strbuf *out, const struct text_style *style,
		     const struct comparison *comparison)
{
	const struct code_changes *changes = chosen_table(comparison);
	size_t count = words_rows_told(changes, ROWS_CERTAIN_MAX);

	if (comparison->top)
		count = MIN(comparison->top, changes->rows.count);
	if (!count)
		return;
	strbuf_add_char(out, '\n');
	add_account(out, style, comparison, changes);
	if (!comparison->explanation_agrees)
		add_line(out, style, TONE_WARNING, "doubt: ", "the sampled "
			 "runs changed in the other direction than the whole; "
			 "do not rely on this table");
	add_code_table(out, style, changes, count);
	if (changes->changed > count)
		strbuf_addf(out, "%zu more changed (--top N shows more)\n",
			    changes->changed - count);
}

/* What is no CPU time, where that matters. */
static void add_waits(struct strbuf *out, const struct text_style *style,
		      const struct comparison *comparison)
{
	const struct code_changes *waits = &comparison->waits;
	const size_t count = MIN(waits->changed, (size_t)ROWS_CERTAIN_MAX);
	struct strbuf text = STRBUF_INIT;

	if (!count || comparison_clock(comparison) != WEIGH_WALL)
		return;
	strbuf_add(&text, "Time off the CPU per run, of all threads, changed "
		   "by ");
	words_add_delta(&text, METRIC_NS, waits->total_ns);
	strbuf_addf(&text, "; %zu %s ", waits->changed, waits->changed == 1 ?
		    "wait explains" : "waits explain");
	words_add_delta(&text, METRIC_NS, waits->changed_ns);
	strbuf_add(&text, " of it, the other waits ");
	words_add_delta(&text, METRIC_NS, waits->unchanged_ns);
	strbuf_add_char(&text, ':');
	strbuf_add_char(out, '\n');
	text_add_wrapped(out, style, strbuf_text(&text), 0, 0);
	add_code_table(out, style, waits, count);
	if (waits->changed > count)
		strbuf_addf(out, "%zu more changed\n", waits->changed - count);
	strbuf_release(&text);
}

static void add_verdict(struct strbuf *out, const struct text_style *style,
			const struct comparison *comparison)
{
	const struct metric_change *metric = comparison_deciding(comparison);
	struct strbuf text = STRBUF_INIT;

	strbuf_add_char(out, '\n');
	words_add_headline(&text, comparison, strbuf_add);
	add_line(out, style, verdict_tone(comparison->verdict), "verdict: ",
		 strbuf_text(&text));
	strbuf_clear(&text);
	/* Refusals stand at the top already. */
	for (size_t i = 0; !comparison->refused &&
	     i < comparison->reasons.count; i++)
		add_line(out, style, TONE_DIM, "because: ",
			 comparison->reasons.items[i]);
	for (size_t i = 0; i < comparison->advice.count; i++)
		add_line(out, style, TONE_DIM, "try: ",
			 comparison->advice.items[i]);
	if (metric) {
		strbuf_add(&text, recommendation_name(
			comparison->recommendation));
		if (comparison->recommendation == RECOMMEND_KEEP)
			strbuf_addf(&text, " BASE (NEW is not better by more "
				    "than %g%%)",
				    comparison->min_improvement_percent);
		add_line(out, style, TONE_PLAIN, "recommendation: ",
			 strbuf_text(&text));
	}
	strbuf_release(&text);
}

static int text_write(struct strbuf *out, const struct comparison *comparison,
		      const struct compare_look *look, struct error *err)
{
	const struct text_style *style = &look->text;

	(void)err;
	add_sides(out, style, comparison);
	add_notices(out, style, comparison);
	if (comparison->metrics.count)
		add_metrics(out, style, comparison);
	add_code(out, style, comparison);
	add_waits(out, style, comparison);
	add_verdict(out, style, comparison);
	return 0;
}

const struct compare_format compare_text = {
	.name = "text",
	.summary = "people at a terminal",
	.write = text_write,
};
