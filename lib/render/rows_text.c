/* SPDX-License-Identifier: MIT */
#include "render/rows_text.h"

#include "base/path.h"
#include "base/units.h"
#include "render/name.h"
#include "render/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	COLUMNS_MAX = 10,
	NARROW = 72,		/* below, states leave no room for samples */
	WIDE = 116,		/* from here on, module and place are shown */
	VERY_WIDE = 140		/* from here on, places show a directory */
};

struct rows_printer {
	const struct view *view;
	const struct rows *rows;
	struct time_unit unit;
	bool totals;		/* self and total differ */
	bool reasons;
	bool samples;
	bool wide;
	bool very_wide;
	char self_title[16];
	char total_title[16];
	struct table_column columns[COLUMNS_MAX];
	size_t count;
	struct table table;
};

static void add_column(struct rows_printer *printer, const char *title,
		       enum table_kind kind, size_t min_width)
{
	printer->columns[printer->count++] = (struct table_column){
		title, kind, min_width
	};
}

static bool is_code(const struct rows_printer *printer)
{
	return printer->view->by == ROWS_BY_FUNCTION ||
	       printer->view->by == ROWS_BY_LINE;
}

static void choose_columns(struct rows_printer *printer)
{
	const enum rows_by by = printer->view->by;
	const char *unit = printer->unit.name;

	snprintf(printer->self_title, sizeof(printer->self_title), "%s %s",
		 printer->totals ? "self" : "time", unit);
	snprintf(printer->total_title, sizeof(printer->total_title),
		 "total %s", unit);
	add_column(printer, printer->self_title, COLUMN_NUMBER, 0);
	add_column(printer, printer->totals ? "self" : "share", COLUMN_NUMBER,
		   0);
	if (printer->totals) {
		add_column(printer, printer->total_title, COLUMN_NUMBER, 0);
		add_column(printer, "total", COLUMN_NUMBER, 0);
	}
	if (printer->samples)
		add_column(printer, "samples", COLUMN_NUMBER, 0);
	if (printer->reasons)
		add_column(printer, "state", COLUMN_TEXT, 8);
	if (by == ROWS_BY_FILE || by == ROWS_BY_MODULE)
		add_column(printer, rows_by_name(by), COLUMN_PATH, 20);
	else if (is_code(printer))
		add_column(printer, "function", COLUMN_FUNCTION, 20);
	else
		add_column(printer, rows_by_name(by), COLUMN_TEXT, 20);
	if (is_code(printer) && printer->wide)
		add_column(printer, "module", COLUMN_PATH, 12);
	if (is_code(printer))
		add_column(printer, "where", COLUMN_PLACE, 18);
	if (by == ROWS_BY_MODULE)
		add_column(printer, "path", COLUMN_PATH, 12);
	if (by == ROWS_BY_PROCESS)
		add_column(printer, "program", COLUMN_PATH, 12);
}

static void add_times(struct rows_printer *printer, uint64_t ns)
{
	const uint64_t whole = printer->rows->total_ns;
	struct strbuf text = STRBUF_INIT;

	time_unit_add(&text, &printer->unit, ns);
	table_take(&printer->table, TONE_PLAIN, &text);
	percent_add(&text, ns, whole);
	table_take(&printer->table, tone_of_share(ns, whole), &text);
	strbuf_release(&text);
}

static bool is_jit(const struct row *row)
{
	return !row->file && row->module && strcmp(row->module, "[jit]") == 0;
}

/* Has the module a name of its own, or is it one of our making? */
static bool is_mapped(const char *module)
{
	return *module != '[' || strcmp(module, "[vdso]") == 0;
}

static void add_where(struct rows_printer *printer, const struct row *row)
{
	struct strbuf place = STRBUF_INIT;
	struct strbuf text = STRBUF_INIT;

	if (is_jit(row))
		name_split_place(row->name, &place);
	if (place.len)
		name_add_place(&text, strbuf_text(&place), 0,
			       printer->very_wide ? 2 : 1);
	else if (row->file)
		name_add_place(&text, row->file, row->line,
			       printer->very_wide ? 2 : 1);
	else if (row->module && !printer->wide && is_mapped(row->module) &&
		 !name_tells_module(row->name, path_base(row->module)))
		strbuf_add(&text, path_base(row->module));
	table_take(&printer->table, TONE_DIM, &text);
	strbuf_release(&place);
	strbuf_release(&text);
}

static void add_name(struct rows_printer *printer, const struct row *row)
{
	struct strbuf text = STRBUF_INIT;

	if (is_code(printer) && is_jit(row))
		name_add_without_place(&text, row->name);
	else
		strbuf_add(&text, row->name);
	table_take(&printer->table, TONE_PLAIN, &text);
	strbuf_release(&text);
}

static void add_row(struct rows_printer *printer, const struct row *row)
{
	struct table *table = &printer->table;
	struct strbuf text = STRBUF_INIT;

	add_times(printer, row->self_ns);
	if (printer->totals)
		add_times(printer, row->total_ns);
	if (printer->samples) {
		units_add_count(&text, row->samples);
		table_take(table, TONE_PLAIN, &text);
	}
	if (printer->reasons)
		table_add(table, TONE_WARNING, row->state == STATE_RUNNABLE ?
			  "no CPU" : thread_state_name(row->state));
	add_name(printer, row);
	if (is_code(printer) && printer->wide)
		table_add(table, TONE_DIM,
			  row->module ? path_base(row->module) : "");
	if (is_code(printer))
		add_where(printer, row);
	if (printer->view->by == ROWS_BY_MODULE ||
	    printer->view->by == ROWS_BY_PROCESS)
		table_add(table, TONE_DIM, row->module ? row->module : "");
	strbuf_release(&text);
}

static void add_hidden(struct strbuf *out, const struct text_style *style,
		       const struct view *view, const struct rows *rows,
		       size_t shown)
{
	struct strbuf text = STRBUF_INIT;
	uint64_t hidden_ns = 0;

	for (size_t i = shown; i < rows->rows.count; i++)
		hidden_ns += rows->rows.items[i].self_ns;
	units_add_count(&text, rows->rows.count - shown);
	strbuf_add(&text, rows->rows.count - shown == 1 ? " more row, " :
		   " more rows, ");
	percent_add(&text, hidden_ns, rows->total_ns);
	strbuf_addf(&text, " of the time (%s shows more)",
		    view->kind == VIEW_DEFAULT ? "--by function" : "--top N");
	text_add(out, style, TONE_DIM, strbuf_text(&text));
	strbuf_add_char(out, '\n');
	strbuf_release(&text);
}

void rows_text(struct strbuf *out, const struct text_style *style,
	       const struct view *view, const struct rows *rows)
{
	const size_t count = rows->rows.count;
	const size_t shown = view->top ? MIN(view->top, count) : count;
	struct rows_printer printer = {
		.view = view,
		.rows = rows,
		.unit = time_unit_for(rows->total_ns),
		.totals = view->by != ROWS_BY_THREAD &&
			  view->by != ROWS_BY_PROCESS,
		.reasons = view->clock == WEIGH_OFF_CPU,
		.samples = view->clock != WEIGH_OFF_CPU ||
			   style->width >= NARROW,
		.wide = style->width >= WIDE,
		.very_wide = style->width >= VERY_WIDE,
	};

	choose_columns(&printer);
	printer.table = table_of(printer.columns, printer.count);
	for (size_t i = 0; i < shown; i++)
		add_row(&printer, &rows->rows.items[i]);
	table_print(out, style, &printer.table);
	if (shown < count)
		add_hidden(out, style, view, rows, shown);
	table_release(&printer.table);
}
