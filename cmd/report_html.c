/* SPDX-License-Identifier: MIT */
#include "report_html.h"
#include "browser.h"

#include "base/escape.h"
#include "base/mem.h"
#include "base/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* app.prof, app.prof.partial: app.html */
static char *page_path(const char *profile)
{
	static const char *const suffixes[] = { ".partial", ".prof" };
	size_t len = strlen(profile);

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		const size_t end = strlen(suffixes[i]);

		if (len > end && memcmp(profile + len - end, suffixes[i],
					end) == 0)
			len -= end;
	}
	return mem_printf("%.*s.html", (int)len, profile);
}

static void print_path(const char *path)
{
	struct strbuf text = STRBUF_INIT;

	escape_text(&text, path);
	printf("%s\n", strbuf_text(&text));
	fflush(stdout);
	strbuf_release(&text);
}

int report_html(const struct view *view, const struct html_options *options,
		bool open, struct error *err)
{
	char *path = page_path(view->profile->files.items[0].path);
	struct strbuf page = STRBUF_INIT;
	int ret;

	html_page(&page, view, options);
	ret = output_write_file(path, strbuf_text(&page), page.len, err);
	if (!ret)
		print_path(path);
	if (!ret && open)
		ret = browser_open(path, err);
	strbuf_release(&page);
	free(path);
	return ret;
}
