/* SPDX-License-Identifier: MIT */
#include "render/regions_text.h"

#include "base/units.h"
#include "profile/regions.h"
#include "render/metrics_view.h"
#include "render/table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum {
	COLUMNS_MAX = 16,
	ROWS_SHORT = 8,
	WIDE = 140,		/* from here on, all percentiles */
	UNREAD_SHOWN = 4,
	LABELS_SHOWN = 2,	/* of a region */
	COUNTER_TABLES = 4,	/* the others are told elsewhere */
	INDENT = 2,
	INDENT_MAX = 8		/* levels; deeper ones are as deep */
};

struct printer {
	const struct view *view;
	const struct region_rows *rows;
	bool wide;
	struct table_column columns[COLUMNS_MAX];
	size_t count;
	struct table table;
	bool vague;		/* a number in it is */
};

static void add_column(struct printer *printer, const char *title,
		       enum table_kind kind, size_t min_width)
{
	printer->columns[printer->count++] = (struct table_column){
		title, kind, min_width
	};
}

static void choose_columns(struct printer *printer)
{
	add_column(printer, "calls", COLUMN_NUMBER, 0);
	add_column(printer, "total", COLUMN_NUMBER, 0);
	add_column(printer, "of run", COLUMN_NUMBER, 0);
	add_column(printer, "self", COLUMN_NUMBER, 0);
	add_column(printer, "average", COLUMN_NUMBER, 0);
	if (printer->wide)
		add_column(printer, "p50", COLUMN_NUMBER, 0);
	add_column(printer, "p95", COLUMN_NUMBER, 0);
	if (printer->wide)
		add_column(printer, "p99", COLUMN_NUMBER, 0);
	add_column(printer, "max", COLUMN_NUMBER, 0);
	add_column(printer, "CPU", COLUMN_NUMBER, 0);
	if (printer->wide)
		add_column(printer, "+-", COLUMN_NUMBER, 0);
	add_column(printer, "waiting", COLUMN_TEXT, 17);
	add_column(printer, "region", COLUMN_TEXT, 16);
}

static void add_time(struct printer *printer, uint64_t ns, bool known)
{
	struct strbuf text = STRBUF_INIT;

	if (known)
		units_add_duration(&text, ns);
	else
		strbuf_add(&text, "-");
	table_take(&printer->table, TONE_PLAIN, &text);
	strbuf_release(&text);
}

static void add_share(struct printer *printer, const struct region_row *row)
{
	const uint64_t whole = printer->rows->run_ns;
	struct strbuf text = STRBUF_INIT;

	percent_add(&text, row->total_ns, whole);
	table_take(&printer->table, tone_of_share(row->total_ns, whole),
		   &text);
	strbuf_release(&text);
}

/* What it waits for most, and for how long. */
static void add_waiting(struct printer *printer, const struct region_row *row)
{
	struct strbuf text = STRBUF_INIT;
	int most = -1;

	for (int state = 0; state < STATE_COUNT; state++) {
		if (state == STATE_RUNNING || !row->state_ns[state])
			continue;
		if (most < 0 || row->state_ns[state] > row->state_ns[most])
			most = state;
	}
	if (most >= 0 && row->state_ns[most] * 100 >= row->total_ns) {
		strbuf_addf(&text, "%s ", thread_state_name(most));
		units_add_duration(&text, row->state_ns[most]);
	}
	table_take(&printer->table, TONE_WARNING, &text);
	strbuf_release(&text);
}

/* The first labels that the program put on it: " {size=large, ...}" */
static void add_labels(struct strbuf *text, const struct printer *printer,
		       size_t at)
{
	const struct profile *profile = printer->view->profile;
	size_t count = 0;

	for (size_t i = 0; i < profile->region_labels.count &&
	     count <= LABELS_SHOWN; i++) {
		const struct region_label *label =
			&profile->region_labels.items[i];

		if (printer->rows->row_of.items[label->region] != at)
			continue;
		strbuf_add(text, count ? ", " : " {");
		if (count++ < LABELS_SHOWN)
			strbuf_addf(text, "%s=%s", label->key, label->value);
		else
			strbuf_add(text, "...");
	}
	if (count)
		strbuf_add_char(text, '}');
}

static void add_name(struct printer *printer, const struct region_row *row,
		     bool labels)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_add_repeat(&text, ' ',
			  INDENT * MIN(row->depth, (uint32_t)INDENT_MAX));
	strbuf_add(&text, row->name);
	if (row->kind == REGION_EVENT)
		strbuf_add(&text, " (mark)");
	if (labels)
		add_labels(&text, printer, row - printer->rows->rows.items);
	table_take(&printer->table, row->shown ? TONE_PLAIN : TONE_DIM, &text);
	strbuf_release(&text);
}

static void add_row(struct printer *printer, const struct region_row *row)
{
	const bool scope = row->kind != REGION_EVENT;
	const bool exact = row->kind == REGION_SCOPE;
	const bool ended = exact && row->calls > row->cut;
	struct strbuf text = STRBUF_INIT;

	if (row->kind == REGION_FUNCTION)
		strbuf_add(&text, "sampled");
	else
		units_add_count(&text, row->calls);
	table_take(&printer->table, TONE_PLAIN, &text);
	add_time(printer, row->total_ns, scope);
	if (scope)
		add_share(printer, row);
	else
		table_add(&printer->table, TONE_PLAIN, "");
	add_time(printer, row->self_ns, scope);
	add_time(printer, row->calls ? row->total_ns / row->calls : 0, exact);
	if (printer->wide)
		add_time(printer, row->p50_ns, ended);
	add_time(printer, row->p95_ns, ended);
	if (printer->wide)
		add_time(printer, row->p99_ns, ended);
	add_time(printer, row->max_ns, exact);
	add_time(printer, row->cpu_ns, scope);
	if (printer->wide)
		add_time(printer, row->cpu_error_ns, scope);
	add_waiting(printer, row);
	add_name(printer, row, true);
	strbuf_release(&text);
}

/* --- the second table: memory, I/O --- */

static void add_vague(struct printer *printer, struct strbuf *text, bool vague)
{
	if (vague)
		strbuf_add_char(text, '~');
	printer->vague |= vague;
}

static void add_bytes(struct printer *printer, double bytes, bool vague,
		      bool sign)
{
	struct strbuf text = STRBUF_INIT;

	add_vague(printer, &text, vague);
	if (sign && bytes >= 1)
		strbuf_add_char(&text, '+');
	if (bytes <= -1)
		strbuf_add_char(&text, '-');
	units_add_bytes(&text, units_whole(fabs(bytes)));
	table_take(&printer->table, TONE_PLAIN, &text);
	strbuf_release(&text);
}

static void add_amount(struct printer *printer, enum region_amount amount,
		       double value, bool vague)
{
	struct strbuf text = STRBUF_INIT;

	if (amount != REGION_GPU_TIME) {
		add_bytes(printer, value, vague, false);
		return;
	}
	add_vague(printer, &text, vague);
	units_add_duration(&text, units_whole(value));
	table_take(&printer->table, TONE_PLAIN, &text);
	strbuf_release(&text);
}

/* The amounts of which anybody used anything: a bit for each. */
static uint32_t amounts_used(const struct region_rows *rows)
{
	uint32_t used = 0;

	for (size_t i = 0; i < rows->rows.count; i++) {
		for (int a = 0; a < REGION_AMOUNTS; a++) {
			if (rows->rows.items[i].use.amount[a] >= 1)
				used |= 1U << a;
		}
	}
	return used;
}

static void choose_use_columns(struct printer *printer, uint32_t used)
{
	printer->count = 0;
	add_column(printer, "memory in", COLUMN_NUMBER, 0);
	add_column(printer, "change", COLUMN_NUMBER, 0);
	add_column(printer, "peak", COLUMN_NUMBER, 0);
	for (int a = 0; a < REGION_AMOUNTS; a++) {
		if (used & 1U << a)
			add_column(printer, region_amount_name(a),
				   COLUMN_NUMBER, 0);
	}
	add_column(printer, "region", COLUMN_TEXT, 16);
}

static void add_use_row(struct printer *printer, uint32_t used,
			const struct region_row *row)
{
	const struct region_use *use = &row->use;

	add_bytes(printer, use->memory_in, region_memory_vague(
		  use->memory_in, use->memory_in_doubt), false);
	add_bytes(printer, use->memory_change, region_memory_vague(
		  use->memory_change, use->memory_change_doubt), true);
	add_bytes(printer, use->memory_peak, region_memory_vague(
		  use->memory_peak, use->memory_peak_doubt), false);
	for (int a = 0; a < REGION_AMOUNTS; a++) {
		if (!(used & 1U << a))
			continue;
		add_amount(printer, a, use->amount[a],
			   region_amount_vague(use->amount[a],
					       use->doubt[a]));
	}
	add_name(printer, row, false);
}

/* Shown itself, or around one that is. */
static bool is_needed(const struct region_rows *rows, size_t i)
{
	const uint32_t depth = rows->rows.items[i].depth;

	do {
		if (rows->rows.items[i].shown)
			return true;
		i++;
	} while (i < rows->rows.count && rows->rows.items[i].depth > depth);
	return false;
}

static void add_note(struct strbuf *out, const struct text_style *style,
		     uint64_t count, const char *one, const char *many)
{
	struct strbuf text = STRBUF_INIT;

	if (!count)
		return;
	units_add_count(&text, count);
	strbuf_addf(&text, " %s", count == 1 ? one : many);
	text_add_wrapped(out, style, strbuf_text(&text), 0, 2);
	strbuf_release(&text);
}

/* What is not there, and what that means. */
static void add_notes(struct strbuf *out, const struct text_style *style,
		      const struct region_rows *rows, uint64_t cut)
{
	const struct region_losses *losses = &rows->losses;

	add_note(out, style, cut, "call was cut by the end of the recording "
		 "or of its thread", "calls were cut by the end of the "
		 "recording or of their threads");
	add_note(out, style, losses->events + losses->calls_dropped,
		 "event came too fast to be kept: times and calls are whole, "
		 "all else misses it", "events came too fast to be kept: "
		 "times and calls are whole, all else misses them");
	add_note(out, style, losses->unbalanced,
		 "end without a begin: it began before the recording, or "
		 "never", "ends without a begin: they began before the "
		 "recording, or never");
	add_note(out, style, losses->left, "region was left by a jump: it "
		 "ended with the one around it", "regions were left by a "
		 "jump: they ended with the ones around them");
	add_note(out, style, losses->too_deep, "region inside of 64 others "
		 "was not recorded", "regions inside of 64 others were not "
		 "recorded");
	add_note(out, style, losses->nested, "region in a signal handler "
		 "was not recorded: it came at a bad moment", "regions in "
		 "signal handlers were not recorded: they came at a bad "
		 "moment");
	add_note(out, style, losses->threads, "thread was not recorded: 63 at "
		 "a time are", "threads were not recorded: 63 at a time are");
	add_note(out, style, losses->names, "name found no room: 1023 do",
		 "names found no room: 1023 do");
	add_note(out, style, losses->nonsense, "event made no sense and was "
		 "dropped", "events made no sense and were dropped");
}

/* Marks of modules that found no room: each is named once. */
static void add_unread(struct strbuf *out, const struct text_style *style,
		       const struct pattern_vec *unread)
{
	struct strbuf text = STRBUF_INIT;

	if (!unread->count)
		return;
	strbuf_addf(&text, "Marks of %zu modules were not read, as 16 of a "
		    "process are:", unread->count);
	for (size_t i = 0; i < MIN(unread->count, (size_t)UNREAD_SHOWN); i++) {
		strbuf_add(&text, i ? ", " : " ");
		text_add_foreign(&text, style, unread->items[i]);
	}
	if (unread->count > UNREAD_SHOWN)
		strbuf_add(&text, ", ...");
	text_add_wrapped(out, style, strbuf_text(&text), 0, 2);
	strbuf_release(&text);
}

static void print_rows(struct strbuf *out, const struct text_style *style,
		       struct printer *printer)
{
	const struct view *view = printer->view;
	const struct region_rows *rows = printer->rows;
	uint64_t cut = 0;
	size_t shown = 0, left_out = 0;

	choose_columns(printer);
	printer->table = table_of(printer->columns, printer->count);
	for (size_t i = 0; i < rows->rows.count; i++) {
		if (!is_needed(rows, i))
			continue;
		cut += rows->rows.items[i].cut;
		if (view->top && shown == view->top) {
			left_out++;
			continue;
		}
		shown++;
		add_row(printer, &rows->rows.items[i]);
	}
	table_print(out, style, &printer->table);
	table_release(&printer->table);
	add_note(out, style, left_out, "more region (--top N shows more)",
		 "more regions (--top N shows more)");
	add_notes(out, style, rows, cut);
	add_unread(out, style, rows->unread);
}

/* Why what regions used may be vague, or is not there. */
static void add_collector_notes(struct strbuf *out,
				const struct text_style *style,
				const struct profile *profile)
{
	static const char *const names[] = { "memory", "io", "net" };
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < profile->collectors.count; i++) {
		const struct collector_report *report =
			&profile->collectors.items[i];

		for (size_t j = 0; j < ARRAY_SIZE(names); j++) {
			if (strcmp(report->name, names[j]) || !*report->note)
				continue;
			strbuf_clear(&text);
			strbuf_addf(&text, "%s: ", report->name);
			text_add_foreign(&text, style, report->note);
			text_add_wrapped(out, style, strbuf_text(&text), 0, 2);
		}
	}
	strbuf_release(&text);
}

/* Nothing when no collector looked. */
static void print_use(struct strbuf *out, const struct text_style *style,
		      struct printer *printer)
{
	const struct region_rows *rows = printer->rows;
	const uint32_t used = amounts_used(rows);
	size_t shown = 0;

	choose_use_columns(printer, used);
	printer->table = table_of(printer->columns, printer->count);
	for (size_t i = 0; i < rows->rows.count; i++) {
		const struct region_row *row = &rows->rows.items[i];

		if (row->kind == REGION_EVENT || !row->use.memory_known ||
		    !is_needed(rows, i) ||
		    (printer->view->top && shown == printer->view->top))
			continue;
		shown++;
		add_use_row(printer, used, row);
	}
	if (shown) {
		strbuf_add_char(out, '\n');
		text_add(out, style, TONE_TITLE, "Memory and transfers while "
			 "they ran, of all that ran then");
		strbuf_add_char(out, '\n');
		table_print(out, style, &printer->table);
		if (printer->vague)
			text_add_wrapped(out, style, "~ may be off, memory by "
				"more than 1 MiB and 5%, the others by more "
				"than 1%: much was used close to a begin or "
				"an end, between two looks.  --json tells by "
				"how much.", 0, 2);
		add_collector_notes(out, style, printer->view->profile);
	}
	table_release(&printer->table);
}

/* --- what the program counts itself --- */

static void add_counted(struct printer *printer, enum metric_unit unit,
			bool known, double value, bool sign)
{
	struct strbuf text = STRBUF_INIT;

	if (!known) {
		strbuf_add_char(&text, '-');
	} else {
		if (sign && value > 0)
			strbuf_add_char(&text, '+');
		metric_add_value(&text, unit, value);
	}
	table_take(&printer->table, TONE_PLAIN, &text);
	strbuf_release(&text);
}

static void add_counter_rows(struct printer *printer, size_t counter)
{
	const struct region_rows *rows = printer->rows;
	const struct region_counters *counters = &rows->counters;
	const enum metric_unit unit = counters->counters.items[counter].unit;
	size_t shown = 0;

	for (size_t i = 0; i < rows->rows.count; i++) {
		const struct region_row *row = &rows->rows.items[i];
		const struct region_counter_use *use =
			region_counters_use(counters, i, counter);

		if (row->kind == REGION_EVENT || !use->known ||
		    !is_needed(rows, i) ||
		    (printer->view->top && shown == printer->view->top))
			continue;
		shown++;
		add_counted(printer, unit, use->in_known, use->in, false);
		add_counted(printer, unit, true, use->change, true);
		add_counted(printer, unit, true, use->mean, false);
		add_counted(printer, unit, true, use->most, false);
		add_counted(printer, unit, true, use->out, false);
		add_name(printer, row, false);
	}
}

static void print_counter(struct strbuf *out, const struct text_style *style,
			  struct printer *printer, size_t counter)
{
	static const struct table_column columns[] = {
		{ "in", COLUMN_NUMBER, 0 }, { "change", COLUMN_NUMBER, 0 },
		{ "mean", COLUMN_NUMBER, 0 }, { "peak", COLUMN_NUMBER, 0 },
		{ "out", COLUMN_NUMBER, 0 }, { "region", COLUMN_TEXT, 16 },
	};
	struct strbuf title = STRBUF_INIT;

	printer->table = table_of(columns, ARRAY_SIZE(columns));
	add_counter_rows(printer, counter);
	if (printer->table.cells.count) {
		strbuf_add(&title, "Counter ");
		text_add_foreign(&title, style, printer->rows->
				 counters.counters.items[counter].name);
		strbuf_add(&title, " while they ran");
		strbuf_add_char(out, '\n');
		text_add(out, style, TONE_TITLE, strbuf_text(&title));
		strbuf_add_char(out, '\n');
		table_print(out, style, &printer->table);
	}
	table_release(&printer->table);
	strbuf_release(&title);
}

static void print_counters(struct strbuf *out, const struct text_style *style,
			   struct printer *printer)
{
	const struct region_counters *counters = &printer->rows->counters;

	for (size_t i = 0; i < MIN(counters->counters.count,
				   (size_t)COUNTER_TABLES); i++)
		print_counter(out, style, printer, i);
	if (counters->counters.count > COUNTER_TABLES || counters->left_out)
		text_add_wrapped(out, style, "Other counters: --json, and "
				 "--view counters --region PATTERN.", 0, 2);
}

static void print_heading(struct strbuf *out, const struct text_style *style)
{
	if (out->len)
		strbuf_add_char(out, '\n');
	text_add(out, style, TONE_TITLE, "By region: times as the program "
		 "measured them, CPU and waiting by samples");
	strbuf_add_char(out, '\n');
}

static void print_all(struct strbuf *out, const struct text_style *style,
		      const struct view *view, bool use)
{
	struct region_rows rows;
	struct printer printer = {
		.view = view,
		.rows = &rows,
		.wide = style->width >= WIDE,
	};

	region_rows_init(&rows, view->profile, view->filter, view->spec,
			 view->overview);
	print_heading(out, style);
	print_rows(out, style, &printer);
	if (use) {
		print_use(out, style, &printer);
		print_counters(out, style, &printer);
	}
	region_rows_release(&rows);
}

void regions_text(struct strbuf *out, const struct text_style *style,
		  const struct view *view)
{
	if (view->profile->regions.count)
		print_all(out, style, view, true);
	else
		text_add_wrapped(out, style, "No regions: the program names "
				 "none, see cprof.h(3).", 0, 0);
}

void regions_text_short(struct strbuf *out, const struct text_style *style,
			const struct view *view)
{
	struct view few = *view;

	few.top = ROWS_SHORT;
	if (view->profile->regions.count)
		print_all(out, style, &few, false);
}
