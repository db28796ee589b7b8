/* SPDX-License-Identifier: MIT */
/* The rows of a table as comma separated values, RFC 4180. */
#include "render/export_formats.h"

#include "base/escape.h"

#include <inttypes.h>
#include <string.h>

/*
 * The one way for text into a cell.  Spreadsheets take what begins with one
 * of these for a formula; the quote makes it text again.
 */
static void add_text(struct strbuf *out, const char *text)
{
	struct strbuf safe = STRBUF_INIT;

	if (!text)
		return;
	escape_text(&safe, text);
	strbuf_add_char(out, '"');
	if (*text && strchr("=+-@", *text))
		strbuf_add_char(out, '\'');
	for (const char *c = strbuf_text(&safe); *c; c++) {
		if (*c == '"')
			strbuf_add_char(out, '"');
		strbuf_add_char(out, *c);
	}
	strbuf_add_char(out, '"');
	strbuf_release(&safe);
}

static void add_row(struct strbuf *out, const struct row *row)
{
	add_text(out, row->name);
	strbuf_add_char(out, ',');
	add_text(out, row->module);
	strbuf_add_char(out, ',');
	add_text(out, row->file);
	strbuf_add_char(out, ',');
	if (row->line)
		strbuf_addf(out, "%" PRIu32, row->line);
	strbuf_add_char(out, ',');
	if (row->state >= 0)
		strbuf_add(out, thread_state_name(row->state));
	strbuf_addf(out, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n",
		    row->self_ns, row->total_ns, row->samples,
		    row->total_samples);
}

static int csv_write(struct strbuf *out, const struct export_request *request,
		     struct error *err)
{
	const struct view *view = request->view;
	struct rows rows;
	size_t count;

	rows_init(&rows, view->profile, view->filter, view->spec, view->clock,
		  view->by);
	count = rows.rows.count;
	if (view->top)
		count = MIN(count, view->top);
	strbuf_addf(out, "%s,module,file,line,reason,self_ns,total_ns,samples,"
		    "total_samples\n", rows_by_name(view->by));
	for (size_t i = 0; i < count; i++)
		add_row(out, &rows.rows.items[i]);
	rows_release(&rows);
	return 0;
}

const struct exporter_ops exporter_csv = {
	.name = "csv",
	.patterns = (const char *const []){ "*.csv", NULL },
	.summary = "spreadsheets: the rows of --by",
	.write = csv_write,
};
