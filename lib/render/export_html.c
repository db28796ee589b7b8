/* SPDX-License-Identifier: MIT */
/* The report as one page for browsers; see html.h. */
#include "render/export_formats.h"
#include "render/html.h"

static int html_write(struct strbuf *out, const struct export_request *request,
		      struct error *err)
{
	const struct html_options options = {
		.embed_source = request->embed_source,
	};

	(void)err;
	html_page(out, request->view, &options);
	return 0;
}

const struct exporter_ops exporter_html = {
	.name = "html",
	.patterns = (const char *const []){ "*.html", "*.htm", NULL },
	.summary = "browsers: one page with every view, no network",
	.write = html_write,
};
