/* SPDX-License-Identifier: MIT */
#include "render/metrics_view.h"

#include "base/clock.h"
#include "base/units.h"
#include "render/sparkline.h"
#include "render/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	RUNS_SHOWN = 8,
	SPARK_MAX = 40,
	SPARK_MIN = 9,		/* "over time" */
	THREAD_COLUMNS = 7
};

static void heading(struct strbuf *out, const struct text_style *style,
		    const char *text)
{
	if (out->len)
		strbuf_add_char(out, '\n');
	text_add(out, style, TONE_TITLE, text);
	strbuf_add_char(out, '\n');
}

/* As wide as what the other columns leave. */
static size_t spark_width(const struct text_style *style, size_t others)
{
	const size_t left = style->width > others ? style->width - others : 0;

	return MIN(MAX(left, (size_t)SPARK_MIN), (size_t)SPARK_MAX);
}

static void add_spark(struct table *table, const struct text_style *style,
		      const struct view *view, uint32_t run,
		      const struct profile_metric *metric, size_t width)
{
	const uint64_t end_ns = run_end_ns(view->profile, run, view->filter);
	struct strbuf text = STRBUF_INIT;
	double pieces[SPARK_MAX];
	double least = 0, most = 0;

	series_pieces(pieces, width, view->filter->from_ns, end_ns,
		      view->profile, metric);
	series_blank(pieces, width, end_ns, run, view->filter);
	for (size_t i = 0; i < width; i++) {
		if (isnan(pieces[i]))
			continue;
		least = fmin(least, pieces[i]);
		most = fmax(most, pieces[i]);
	}
	sparkline_add(&text, style, pieces, width, least, most);
	table_take(table, TONE_DIM, &text);
	strbuf_release(&text);
}

static void add_value(struct table *table, enum metric_unit unit, double value)
{
	struct strbuf text = STRBUF_INIT;

	metric_add_value(&text, unit, value);
	table_take(table, TONE_PLAIN, &text);
	strbuf_release(&text);
}

static void add_rate(struct table *table, enum metric_unit unit, double rate)
{
	struct strbuf text = STRBUF_INIT;

	metric_add_rate(&text, unit, rate);
	table_take(table, TONE_PLAIN, &text);
	strbuf_release(&text);
}

static void add_name(struct table *table, const struct profile *profile,
		     const struct profile_metric *metric)
{
	struct strbuf text = STRBUF_INIT;

	metric_add_name(&text, profile, metric);
	table_take(table, TONE_PLAIN, &text);
	strbuf_release(&text);
}

static void gauge_row(struct table *table, const struct text_style *style,
		      const struct view *view, uint32_t run,
		      const struct profile_metric *metric, size_t width)
{
	const enum metric_unit unit = metric->metric.unit;
	struct series_facts facts;

	if (!series_facts_init(&facts, view->profile, metric, view->filter))
		return;
	add_name(table, view->profile, metric);
	add_value(table, unit, facts.first);
	add_value(table, unit, facts.mean);
	add_value(table, unit, facts.most);
	add_value(table, METRIC_NS, facts.most_ns);
	add_value(table, unit, facts.last);
	add_spark(table, style, view, run, metric, width);
}

static void sum_row(struct table *table, const struct text_style *style,
		    const struct view *view, uint32_t run,
		    const struct profile_metric *metric, size_t width)
{
	const enum metric_unit unit = metric->metric.unit;
	struct series_facts facts;

	if (!series_facts_init(&facts, view->profile, metric, view->filter))
		return;
	add_name(table, view->profile, metric);
	add_value(table, unit, facts.growth);
	add_rate(table, unit, facts.rate);
	add_rate(table, unit, facts.most_rate);
	add_spark(table, style, view, run, metric, width);
}

static bool in_table(const struct profile_metric *metric,
		     enum metric_kind kind)
{
	return metric->metric.kind == kind &&
	       metric_in_charts(metric);
}

static void print(struct strbuf *out, const struct text_style *style,
		  struct table *table)
{
	if (table->cells.count) {
		if (out->len)
			strbuf_add_char(out, '\n');
		table_print(out, style, table);
	}
	table_release(table);
}

static void gauges(struct strbuf *out, const struct text_style *style,
		   const struct view *view, uint32_t run,
		   const struct u32_vec *ids)
{
	static const struct table_column columns[] = {
		{ "metric", COLUMN_TEXT, 12 }, { "first", COLUMN_NUMBER, 0 },
		{ "mean", COLUMN_NUMBER, 0 }, { "peak", COLUMN_NUMBER, 0 },
		{ "at", COLUMN_NUMBER, 0 }, { "last", COLUMN_NUMBER, 0 },
		{ "over time", COLUMN_TEXT, SPARK_MIN },
	};
	struct table table = table_of(columns, ARRAY_SIZE(columns));
	const size_t width = spark_width(style, 66);

	for (size_t i = 0; i < ids->count; i++) {
		const struct profile_metric *metric =
			&view->profile->metrics.items[ids->items[i]];

		if (in_table(metric, METRIC_GAUGE))
			gauge_row(&table, style, view, run, metric, width);
	}
	print(out, style, &table);
}

static void sums(struct strbuf *out, const struct text_style *style,
		 const struct view *view, uint32_t run,
		 const struct u32_vec *ids)
{
	static const struct table_column columns[] = {
		{ "metric", COLUMN_TEXT, 12 }, { "total", COLUMN_NUMBER, 0 },
		{ "a second", COLUMN_NUMBER, 0 },
		{ "at most", COLUMN_NUMBER, 0 },
		{ "over time", COLUMN_TEXT, SPARK_MIN },
	};
	struct table table = table_of(columns, ARRAY_SIZE(columns));
	const size_t width = spark_width(style, 60);

	for (size_t i = 0; i < ids->count; i++) {
		const struct profile_metric *metric =
			&view->profile->metrics.items[ids->items[i]];

		if (in_table(metric, METRIC_CUMULATIVE))
			sum_row(&table, style, view, run, metric, width);
	}
	print(out, style, &table);
}

/* Totals of a thread, in the order of the columns. */
struct thread_row {
	uint32_t thread;
	double totals[THREAD_COLUMNS];
};

VEC_DEFINE(thread_row_vec, struct thread_row);

static const struct {
	const char *metric;
	int column;
	enum metric_unit unit;
} thread_metrics[] = {
	{ "cpu.time", 0, METRIC_NS }, { "cpu.wait", 1, METRIC_NS },
	{ "cpu.yields", 2, METRIC_NUMBER },
	{ "cpu.preemptions", 3, METRIC_NUMBER },
	{ "cpu.minor-faults", 4, METRIC_NUMBER },
	{ "cpu.major-faults", 4, METRIC_NUMBER },
	{ "io.read", 5, METRIC_BYTES }, { "io.written", 6, METRIC_BYTES },
};

static int compare_rows(const void *a, const void *b)
{
	const struct thread_row *x = a, *y = b;

	if (x->totals[0] != y->totals[0])
		return x->totals[0] > y->totals[0] ? -1 : 1;
	return x->thread < y->thread ? -1 : 1;
}

static struct thread_row *row_of(struct thread_row_vec *rows, uint32_t thread)
{
	for (size_t i = rows->count; i-- > 0;) {
		if (rows->items[i].thread == thread)
			return &rows->items[i];
	}
	thread_row_vec_add(rows)->thread = thread;
	return &rows->items[rows->count - 1];
}

static void collect_rows(struct thread_row_vec *rows, const struct view *view,
			 const struct u32_vec *ids)
{
	for (size_t i = 0; i < ids->count; i++) {
		const struct profile_metric *metric =
			&view->profile->metrics.items[ids->items[i]];
		struct series_facts facts;

		if (metric->metric.scope != METRIC_OF_THREAD ||
		    !series_facts_init(&facts, view->profile, metric,
				       view->filter))
			continue;
		for (size_t j = 0; j < ARRAY_SIZE(thread_metrics); j++) {
			if (strcmp(thread_metrics[j].metric,
				   metric->metric.name) == 0)
				row_of(rows, metric->metric.owner)->totals[
					thread_metrics[j].column] +=
					facts.growth;
		}
	}
	if (rows->count)
		qsort(rows->items, rows->count, sizeof(*rows->items),
		      compare_rows);
}

static enum metric_unit unit_of_column(int column)
{
	for (size_t i = 0; i < ARRAY_SIZE(thread_metrics); i++) {
		if (thread_metrics[i].column == column)
			return thread_metrics[i].unit;
	}
	return METRIC_NUMBER;
}

static void threads(struct strbuf *out, const struct text_style *style,
		    const struct view *view, const struct u32_vec *ids)
{
	static const struct table_column columns[] = {
		{ "CPU", COLUMN_NUMBER, 0 }, { "for a CPU", COLUMN_NUMBER, 0 },
		{ "yields", COLUMN_NUMBER, 0 }, { "lost", COLUMN_NUMBER, 0 },
		{ "faults", COLUMN_NUMBER, 0 }, { "read", COLUMN_NUMBER, 0 },
		{ "written", COLUMN_NUMBER, 0 }, { "thread", COLUMN_TEXT, 10 },
	};
	struct table table = table_of(columns, ARRAY_SIZE(columns));
	struct thread_row_vec rows = VEC_INIT;
	struct strbuf text = STRBUF_INIT;

	collect_rows(&rows, view, ids);
	for (size_t i = 0; i < rows.count; i++) {
		const struct profile_thread *thread =
			&view->profile->threads.items[rows.items[i].thread];

		if (view->top && i == view->top)
			break;
		for (int c = 0; c < THREAD_COLUMNS; c++)
			add_value(&table, unit_of_column(c),
				  rows.items[i].totals[c]);
		strbuf_addf(&text, "%s %" PRId32, thread->name,
			    thread->begin.tid);
		table_take(&table, TONE_PLAIN, &text);
	}
	print(out, style, &table);
	thread_row_vec_release(&rows);
	strbuf_release(&text);
}

/* The processes that had most, at their own peaks. */
static int compare_peaks(const void *a, const void *b)
{
	const struct profile_process *const *x = a, *const *y = b;

	if ((*x)->end.peak_memory_bytes != (*y)->end.peak_memory_bytes)
		return (*x)->end.peak_memory_bytes >
		       (*y)->end.peak_memory_bytes ? -1 : 1;
	return *x < *y ? -1 : 1;
}

static void processes(struct strbuf *out, const struct text_style *style,
		      const struct view *view, uint32_t run)
{
	static const struct table_column columns[] = {
		{ "peak", COLUMN_NUMBER, 0 }, { "lived", COLUMN_NUMBER, 0 },
		{ "process", COLUMN_TEXT, 12 },
	};
	const struct profile_process_vec *all = &view->profile->processes;
	const struct profile_process **sorted = mem_calloc(all->count + 1,
							   sizeof(*sorted));
	struct table table = table_of(columns, ARRAY_SIZE(columns));
	struct strbuf text = STRBUF_INIT;
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++) {
		if (all->items[i].begin.run == run && all->items[i].ended &&
		    all->items[i].end.peak_memory_bytes)
			sorted[count++] = &all->items[i];
	}
	qsort(sorted, count, sizeof(*sorted), compare_peaks);
	for (size_t i = 0; i < count && count > 1; i++) {
		if (view->top && i == view->top)
			break;
		add_value(&table, METRIC_BYTES,
			  sorted[i]->end.peak_memory_bytes);
		add_value(&table, METRIC_NS, sorted[i]->end.end_ns -
			  MIN(sorted[i]->end.end_ns,
			      sorted[i]->begin.start_ns));
		strbuf_addf(&text, "%s %" PRId32, sorted[i]->begin.name,
			    sorted[i]->begin.pid);
		table_take(&table, TONE_PLAIN, &text);
	}
	print(out, style, &table);
	strbuf_release(&text);
	free(sorted);
}

/* What reading all this cost, and what could not be read. */
static void collectors(struct strbuf *out, const struct text_style *style,
		       const struct view *view, uint32_t run)
{
	static const struct table_column columns[] = {
		{ "looks", COLUMN_NUMBER, 0 }, { "every", COLUMN_NUMBER, 0 },
		{ "CPU", COLUMN_NUMBER, 0 }, { "each", COLUMN_NUMBER, 0 },
		{ "collector", COLUMN_TEXT, 8 }, { "note", COLUMN_TEXT, 8 },
	};
	struct table table = table_of(columns, ARRAY_SIZE(columns));

	for (size_t i = 0; i < view->profile->collectors.count; i++) {
		const struct collector_report *report =
			&view->profile->collectors.items[i];

		if (report->run != run)
			continue;
		add_value(&table, METRIC_NUMBER, report->reads);
		if (report->reads) {
			add_value(&table, METRIC_NS, report->period_ns);
			add_value(&table, METRIC_NS, report->cost_ns);
			add_value(&table, METRIC_NS,
				  (double)report->cost_ns / report->reads);
		} else {
			table_add(&table, TONE_PLAIN, "");
			table_add(&table, TONE_PLAIN, "");
			table_add(&table, TONE_PLAIN, "");
		}
		table_add(&table, TONE_PLAIN, report->name);
		table_add(&table, TONE_DIM, report->note);
	}
	print(out, style, &table);
}

static const char *title(enum view_kind kind)
{
	switch (kind) {
	case VIEW_MEMORY:
		return "Memory";
	case VIEW_RESOURCES:
		return "Resources";
	default:
		return "Counters";
	}
}

static void nothing(struct strbuf *out, const struct text_style *style,
		    const struct view *view, uint32_t run)
{
	const uint8_t level = view->profile->runs.items[run].begin.level;
	struct strbuf text = STRBUF_INIT;

	if (view->kind == VIEW_COUNTERS)
		strbuf_add(&text, "None: the program set none (cprof.h(3)), "
			   "or the filters leave none.");
	else
		strbuf_addf(&text, "None at level %s; see cprof record "
			    "--level.", run_level_name(level) ?
			    run_level_name(level) : "basic");
	text_add_wrapped(out, style, strbuf_text(&text), 0, 0);
	strbuf_release(&text);
}

/* The peak is the kernel's: it saw what was between two looks, too. */
static void memory_facts(struct strbuf *out, const struct text_style *style,
			 const struct profile_run *run)
{
	const struct memory_facts *facts = &run->end.memory;
	struct strbuf text = STRBUF_INIT;

	if (!run->ended || !facts->peak_bytes)
		return;
	memory_add_facts(&text, facts, facts->peak_ns -
			 MIN(facts->peak_ns, run->begin.start_ns));
	strbuf_add(&text, ": ");
	if (facts->final_bytes >= facts->initial_bytes)
		strbuf_add_char(&text, '+');
	metric_add_value(&text, METRIC_BYTES, (double)facts->final_bytes -
			 (double)facts->initial_bytes);
	text_add_wrapped(out, style, strbuf_text(&text), 0, 0);
	strbuf_release(&text);
}

static void run_text(struct strbuf *out, const struct text_style *style,
		     const struct view *view, uint32_t run)
{
	struct strbuf text = STRBUF_INIT;
	struct u32_vec ids = VEC_INIT;

	strbuf_add(&text, title(view->kind));
	if (view->profile->runs.count > 1)
		strbuf_addf(&text, " of run %" PRIu32, run + 1);
	strbuf_add(&text, ", ");
	units_add_duration(&text, run_end_ns(view->profile, run,
					     view->filter));
	if (!filter_spec_is_empty(view->spec))
		strbuf_add(&text, " (filtered)");
	heading(out, style, strbuf_text(&text));
	if (view->kind == VIEW_MEMORY && filter_spec_is_empty(view->spec))
		memory_facts(out, style, &view->profile->runs.items[run]);
	metrics_of_run(&ids, view, run);
	if (!ids.count)
		nothing(out, style, view, run);
	gauges(out, style, view, run, &ids);
	sums(out, style, view, run, &ids);
	if (view->kind == VIEW_MEMORY)
		processes(out, style, view, run);
	if (view->kind == VIEW_RESOURCES)
		threads(out, style, view, &ids);
	if (view->kind != VIEW_COUNTERS)
		collectors(out, style, view, run);
	u32_vec_release(&ids);
	strbuf_release(&text);
}

void metrics_text(struct strbuf *out, const struct text_style *style,
		  const struct view *view)
{
	const struct profile *profile = view->profile;
	uint32_t shown = 0;

	for (uint32_t run = 0; run < profile->runs.count; run++) {
		if (profile->runs.items[run].begin.kind != RUN_PROFILED ||
		    shown++ >= RUNS_SHOWN)
			continue;
		run_text(out, style, view, run);
	}
	if (shown > RUNS_SHOWN)
		strbuf_addf(out, "\n%" PRIu32 " more runs: --json has all.\n",
			    shown - RUNS_SHOWN);
}
