/* SPDX-License-Identifier: MIT */
/* A string that grows. */
#ifndef CPROF_BASE_STRBUF_H
#define CPROF_BASE_STRBUF_H

#include "base/compiler.h"

#include <stddef.h>

/* `text` is always a string: it ends with a NUL that `len` leaves out. */
struct strbuf {
	char *text;
	size_t len;
	size_t capacity;
};

#define STRBUF_INIT { .text = NULL }

void strbuf_release(struct strbuf *buf);

/* Make it empty; keeps the memory. */
void strbuf_clear(struct strbuf *buf);

/* The text, "" when nothing was ever added; dies at the next change. */
const char *strbuf_text(const struct strbuf *buf);

/* Hand the text over to the caller, who free()s it; `buf` is empty then. */
char *strbuf_take(struct strbuf *buf);

void strbuf_add(struct strbuf *buf, const char *text);
void strbuf_add_bytes(struct strbuf *buf, const char *text, size_t len);
void strbuf_add_char(struct strbuf *buf, char c);
void strbuf_add_repeat(struct strbuf *buf, char c, size_t count);
void strbuf_addf(struct strbuf *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
