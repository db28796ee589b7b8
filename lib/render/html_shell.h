/* SPDX-License-Identifier: MIT */
/* What every page is made of: head, policy, data, script. */
#ifndef CPROF_RENDER_HTML_SHELL_H
#define CPROF_RENDER_HTML_SHELL_H

#include "base/json.h"
#include "base/strbuf.h"

struct html_parts {
	const char *title;		/* from outside */
	const struct strbuf *script;
	const struct strbuf *style;
	const struct strbuf *fallback;	/* markup for <noscript> */
	const struct strbuf *data;	/* what the script reads; packed */
};

/*
 * Add the page: one file, whose policy allows nothing but this script and
 * this style, by their hashes.
 */
void html_shell(struct strbuf *out, const struct html_parts *parts);

/* Members of the JSON object that is the page's data: "{" was added. */
void html_member(struct strbuf *out, const char *name, json_t *value);

/* A member that is an array of numbers, added one by one. */
void html_column_begin(struct strbuf *out, const char *name);
void html_column_add(struct strbuf *out, size_t i, int64_t value);
void html_column_end(struct strbuf *out);

#endif
