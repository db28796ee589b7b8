/* SPDX-License-Identifier: MIT */
#include "report_html.h"

#include "base/escape.h"
#include "base/mem.h"
#include "base/output.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

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

static int write_page(const char *path, const struct strbuf *page,
		      struct error *err)
{
	struct output *out = NULL;
	int ret = -1;

	if (output_open(&out, path, err))
		return -1;
	if (!output_write(out, strbuf_text(page), page->len, err))
		ret = output_commit(out, err);
	output_close(out);
	return ret;
}

/* The browser lives on its own: nobody waits for it. */
static int open_page(char *path, struct error *err)
{
	char opener[] = "xdg-open";
	char *browser = getenv("BROWSER");
	char *argv[] = { browser && *browser ? browser : opener, path, NULL };
	pid_t pid;
	int error = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);

	if (!error)
		return 0;
	errno = error;
	return error_set_errno(err, "cannot run %s, which shows the page",
			       argv[0]);
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
	ret = write_page(path, &page, err);
	if (!ret)
		print_path(path);
	if (!ret && open)
		ret = open_page(path, err);
	strbuf_release(&page);
	free(path);
	return ret;
}
