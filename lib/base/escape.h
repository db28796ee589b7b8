/* SPDX-License-Identifier: MIT */
/* The one way for names from outside to reach a terminal or plain text. */
#ifndef CPROF_BASE_ESCAPE_H
#define CPROF_BASE_ESCAPE_H

#include "base/strbuf.h"

/*
 * Add `text` so that it shows itself and does nothing else: control
 * characters (C0, DEL, C1) and bytes that are not UTF-8 become \xNN, or \n
 * and \t; line and paragraph separators and bidirectional controls become
 * \u{NNNN}.
 */
void escape_text(struct strbuf *out, const char *text);

/* Columns that the escaped, valid UTF-8 `text` takes on a terminal. */
size_t escape_width(const char *text);

/*
 * The bytes of the UTF-8 character at `text`, 1 to 4, or 0 when it is not
 * well-formed (or at the final NUL).  The code point goes into `*code`.
 */
size_t utf8_decode(const char *text, unsigned int *code);

#endif
