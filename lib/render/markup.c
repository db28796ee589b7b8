/* SPDX-License-Identifier: MIT */
#include "render/markup.h"

#include "base/escape.h"

#include <string.h>

void markup_add_text(struct strbuf *out, const char *text)
{
	struct strbuf safe = STRBUF_INIT;
	unsigned int code;
	size_t len;

	escape_text(&safe, text);
	for (const char *c = strbuf_text(&safe); *c; c += len) {
		len = utf8_decode(c, &code);
		if (strchr("<>&\"'", *c))
			strbuf_addf(out, "&#%d;", *c);
		else if (code == 0xfffe || code == 0xffff)
			strbuf_addf(out, "\\u{%x}", code);
		else
			strbuf_add_bytes(out, c, len);
	}
	strbuf_release(&safe);
}

void markup_add_code(struct strbuf *out, const char *text)
{
	struct strbuf safe = STRBUF_INIT;
	size_t longest = 0;
	size_t ticks = 0;

	escape_text(&safe, text);
	for (const char *c = strbuf_text(&safe); *c; c++) {
		ticks = *c == '`' ? ticks + 1 : 0;
		longest = MAX(longest, ticks);
	}
	strbuf_add_repeat(out, '`', longest + 1);
	strbuf_add(out, longest ? " " : "");
	for (const char *c = strbuf_text(&safe); *c; c++) {
		if (*c == '|')
			strbuf_add_char(out, '\\');
		strbuf_add_char(out, *c);
	}
	strbuf_add(out, longest || !safe.len ? " " : "");
	strbuf_add_repeat(out, '`', longest + 1);
	strbuf_release(&safe);
}

void markup_add_plain(struct strbuf *out, const char *text)
{
	struct strbuf safe = STRBUF_INIT;

	escape_text(&safe, text);
	for (const char *c = strbuf_text(&safe); *c; c++) {
		if (strchr("\\`*_{}[]<>#!|~&$@", *c) ||
		    (*c == ':' && c[1] != ' '))
			strbuf_add_char(out, '\\');
		strbuf_add_char(out, *c);
		/* A backslash does not keep forges from finding names. */
		if (*c == '@' || *c == '#')
			strbuf_add(out, "<!-- -->");
	}
	strbuf_release(&safe);
}
