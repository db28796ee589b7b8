/* SPDX-License-Identifier: MIT */
#include "render/html_shell.h"

#include "base/sha256.h"
#include "render/gzip.h"
#include "render/markup.h"

static void add_hash(struct strbuf *out, const struct strbuf *text)
{
	uint8_t digest[SHA256_BYTES];

	sha256(strbuf_text(text), text->len, digest);
	strbuf_add(out, "'sha256-");
	base64_add(out, digest, sizeof(digest));
	strbuf_add_char(out, '\'');
}

/* What the page may do: run this script, show this style, nothing else. */
static void add_policy(struct strbuf *out, const struct html_parts *parts)
{
	strbuf_add(out, "<meta http-equiv=\"Content-Security-Policy\" "
		   "content=\"default-src 'none'; script-src ");
	add_hash(out, parts->script);
	strbuf_add(out, "; style-src ");
	add_hash(out, parts->style);
	strbuf_add(out, "; base-uri 'none'; form-action 'none'\">\n");
}

static void add_head(struct strbuf *out, const struct html_parts *parts)
{
	strbuf_add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		   "<meta charset=\"utf-8\">\n");
	add_policy(out, parts);
	strbuf_add(out, "<meta name=\"viewport\" content=\"width=device-width,"
		   " initial-scale=1\">\n<meta name=\"generator\" content=\""
		   "cprof " CPROF_VERSION "\">\n<title>");
	markup_add_text(out, parts->title);
	strbuf_add(out, " - cprof</title>\n<style>");
	strbuf_add_bytes(out, strbuf_text(parts->style), parts->style->len);
	strbuf_add(out, "</style>\n</head>\n<body>\n");
}

/* In base64, so that no byte of it can be markup. */
static void add_data(struct strbuf *out, const struct strbuf *data)
{
	struct strbuf packed = STRBUF_INIT;

	gzip_add(&packed, strbuf_text(data), data->len);
	strbuf_add(out, "<script type=\"application/octet-stream\" "
		   "id=\"data\">");
	base64_add(out, strbuf_text(&packed), packed.len);
	strbuf_add(out, "</script>\n");
	strbuf_release(&packed);
}

void html_shell(struct strbuf *out, const struct html_parts *parts)
{
	add_head(out, parts);
	strbuf_addf(out, "<noscript>\n%s</noscript>\n<div id=\"app\"></div>\n",
		    strbuf_text(parts->fallback));
	add_data(out, parts->data);
	strbuf_add(out, "<script>");
	strbuf_add_bytes(out, strbuf_text(parts->script),
			 parts->script->len);
	strbuf_add(out, "</script>\n</body>\n</html>\n");
}

void html_member(struct strbuf *out, const char *name, json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

	strbuf_addf(out, "%s\"%s\":", out->len > 1 ? ",\n" : "", name);
	strbuf_add(out, text ? text : "null");
	free(text);
	json_decref(value);
}

void html_column_begin(struct strbuf *out, const char *name)
{
	strbuf_addf(out, ",\n\"%s\":[", name);
}

void html_column_add(struct strbuf *out, size_t i, int64_t value)
{
	strbuf_addf(out, i ? ",%lld" : "%lld", (long long)value);
}

void html_column_end(struct strbuf *out)
{
	strbuf_add_char(out, ']');
}
