/* SPDX-License-Identifier: MIT */
#include "render/html.h"

#include "base/path.h"
#include "render/html_assets.h"
#include "render/html_data.h"
#include "render/html_shell.h"
#include "render/markup.h"
#include "render/text.h"

enum { STATIC_ROWS = 20 };

static const char *title_of(const struct profile *profile)
{
	return profile->runs.count ? profile_main_run(profile)->begin.name : "";
}

static void add_row(struct strbuf *out, const struct row *row,
		    const struct rows *rows, const struct time_unit *unit)
{
	strbuf_add(out, "<tr><td>");
	percent_add(out, row->self_ns, rows->total_ns);
	strbuf_add(out, "</td><td>");
	time_unit_add(out, unit, row->self_ns);
	strbuf_add(out, "</td><td>");
	time_unit_add(out, unit, row->total_ns);
	strbuf_add(out, "</td><td>");
	markup_add_text(out, row->name);
	strbuf_add(out, "</td><td>");
	markup_add_text(out, row->module ? path_base(row->module) : "");
	strbuf_add(out, "</td></tr>\n");
}

/* For readers without scripts, and for machines that read pages. */
static void add_static(struct strbuf *out, const struct view *view)
{
	struct time_unit unit;
	struct rows rows;

	rows_init(&rows, view->profile, view->filter, view->spec, view->clock,
		  ROWS_BY_FUNCTION);
	unit = time_unit_for(rows.total_ns);
	strbuf_add(out, "<h1>");
	markup_add_text(out, title_of(view->profile));
	strbuf_addf(out, "</h1>\n<p>The functions with the most time of their "
		    "own (clock: %s).  The rest of this report needs "
		    "JavaScript; it loads nothing from the network.</p>\n"
		    "<table>\n<tr><th>Self</th><th>Self, %s</th>"
		    "<th>Total, %s</th><th>Function</th><th>Module</th>"
		    "</tr>\n", weight_clock_name(view->clock), unit.name,
		    unit.name);
	for (size_t i = 0; i < rows.rows.count && i < STATIC_ROWS; i++)
		add_row(out, &rows.rows.items[i], &rows, &unit);
	strbuf_add(out, "</table>\n");
	rows_release(&rows);
}

void html_page(struct strbuf *out, const struct view *view,
	       const struct html_options *options)
{
	struct strbuf script = STRBUF_INIT;
	struct strbuf style = STRBUF_INIT;
	struct strbuf fallback = STRBUF_INIT;
	struct strbuf data = STRBUF_INIT;

	html_assets_script(&script, HTML_REPORT);
	html_assets_style(&style, HTML_REPORT);
	add_static(&fallback, view);
	html_data(&data, view, options);
	html_shell(out, &(struct html_parts){
		.title = title_of(view->profile),
		.script = &script,
		.style = &style,
		.fallback = &fallback,
		.data = &data,
	});
	strbuf_release(&script);
	strbuf_release(&style);
	strbuf_release(&fallback);
	strbuf_release(&data);
}
