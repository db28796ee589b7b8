/* SPDX-License-Identifier: MIT */
#include "render/html.h"

#include "base/sha256.h"
#include "render/gzip.h"
#include "render/html_assets.h"
#include "render/html_data.h"
#include "render/markup.h"
#include "render/text.h"

enum { STATIC_ROWS = 20 };

static void add_hash(struct strbuf *out, const struct strbuf *text)
{
	uint8_t digest[SHA256_BYTES];

	sha256(strbuf_text(text), text->len, digest);
	strbuf_add(out, "'sha256-");
	base64_add(out, digest, sizeof(digest));
	strbuf_add_char(out, '\'');
}

/* What the page may do: run this script, show this style, nothing else. */
static void add_policy(struct strbuf *out, const struct strbuf *script,
		       const struct strbuf *style)
{
	strbuf_add(out, "<meta http-equiv=\"Content-Security-Policy\" "
		   "content=\"default-src 'none'; script-src ");
	add_hash(out, script);
	strbuf_add(out, "; style-src ");
	add_hash(out, style);
	strbuf_add(out, "; base-uri 'none'; form-action 'none'\">\n");
}

static const char *title_of(const struct profile *profile)
{
	return profile->runs.count ? profile_main_run(profile)->begin.name : "";
}

static void add_head(struct strbuf *out, const struct view *view,
		     const struct strbuf *script, const struct strbuf *style)
{
	strbuf_add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		   "<meta charset=\"utf-8\">\n");
	add_policy(out, script, style);
	strbuf_add(out, "<meta name=\"viewport\" content=\"width=device-width,"
		   " initial-scale=1\">\n<meta name=\"generator\" content=\""
		   "cprof " CPROF_VERSION "\">\n<title>");
	markup_add_text(out, title_of(view->profile));
	strbuf_add(out, " - cprof</title>\n<style>");
	strbuf_add_bytes(out, strbuf_text(style), style->len);
	strbuf_add(out, "</style>\n</head>\n<body>\n");
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
	strbuf_add(out, "<noscript>\n<h1>");
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
	strbuf_add(out, "</table>\n</noscript>\n");
	rows_release(&rows);
}

/* In base64, so that no byte of it can be markup. */
static void add_data(struct strbuf *out, const struct view *view,
		     const struct html_options *options)
{
	struct strbuf data = STRBUF_INIT;
	struct strbuf packed = STRBUF_INIT;

	html_data(&data, view, options);
	gzip_add(&packed, strbuf_text(&data), data.len);
	strbuf_add(out, "<script type=\"application/octet-stream\" "
		   "id=\"data\">");
	base64_add(out, strbuf_text(&packed), packed.len);
	strbuf_add(out, "</script>\n");
	strbuf_release(&packed);
	strbuf_release(&data);
}

void html_page(struct strbuf *out, const struct view *view,
	       const struct html_options *options)
{
	struct strbuf script = STRBUF_INIT;
	struct strbuf style = STRBUF_INIT;

	html_assets_script(&script);
	html_assets_style(&style);
	add_head(out, view, &script, &style);
	add_static(out, view);
	strbuf_add(out, "<div id=\"app\"></div>\n");
	add_data(out, view, options);
	strbuf_add(out, "<script>");
	strbuf_add_bytes(out, strbuf_text(&script), script.len);
	strbuf_add(out, "</script>\n</body>\n</html>\n");
	strbuf_release(&script);
	strbuf_release(&style);
}
