/* SPDX-License-Identifier: MIT */
#include "base/strbuf.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void strbuf_grow(struct strbuf *buf, size_t more)
{
	size_t need = buf->len + more + 1;

	if (need <= buf->capacity)
		return;
	buf->capacity = MAX(need, buf->capacity * 2);
	buf->capacity = MAX(buf->capacity, (size_t)64);
	buf->text = mem_realloc(buf->text, buf->capacity, 1);
}

void strbuf_release(struct strbuf *buf)
{
	free(buf->text);
	*buf = (struct strbuf)STRBUF_INIT;
}

void strbuf_clear(struct strbuf *buf)
{
	buf->len = 0;
	if (buf->text)
		buf->text[0] = '\0';
}

const char *strbuf_text(const struct strbuf *buf)
{
	return buf->text ? buf->text : "";
}

char *strbuf_take(struct strbuf *buf)
{
	char *text = buf->text ? buf->text : mem_strdup("");

	*buf = (struct strbuf)STRBUF_INIT;
	return text;
}

void strbuf_add_bytes(struct strbuf *buf, const char *text, size_t len)
{
	strbuf_grow(buf, len);
	if (len)
		memcpy(buf->text + buf->len, text, len);
	buf->len += len;
	buf->text[buf->len] = '\0';
}

void strbuf_add(struct strbuf *buf, const char *text)
{
	strbuf_add_bytes(buf, text, strlen(text));
}

void strbuf_add_char(struct strbuf *buf, char c)
{
	strbuf_add_bytes(buf, &c, 1);
}

void strbuf_add_repeat(struct strbuf *buf, char c, size_t count)
{
	strbuf_grow(buf, count);
	memset(buf->text + buf->len, c, count);
	buf->len += count;
	buf->text[buf->len] = '\0';
}

void strbuf_addf(struct strbuf *buf, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len < 0)
		return;
	strbuf_grow(buf, len);
	va_start(args, fmt);
	vsnprintf(buf->text + buf->len, (size_t)len + 1, fmt, args);
	va_end(args);
	buf->len += len;
}
