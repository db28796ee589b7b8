/* SPDX-License-Identifier: MIT */
/* A command that is written as one text, cut into words as a shell does. */
#ifndef CPROF_GATE_WORDS_H
#define CPROF_GATE_WORDS_H

#include "base/error.h"
#include "base/vec.h"

VEC_DEFINE(word_list, char *);

/* Free the texts too. */
void word_list_free(struct word_list *texts);

/*
 * Add the words of `text` to `words`, which owns them: blanks separate, '...'
 * is literal, in "..." a backslash escapes $ ` " \ and newline, elsewhere any
 * character (POSIX.1-2017, Shell Command Language, 2.2).
 *
 * No shell runs, so what only a shell can do is refused, not taken as text:
 * ERROR_USAGE for expansions ($, `, ~, *, ?, [), redirections and operators
 * outside quotes, comments, assignments in front, and quotes without an end.
 */
int words_split(struct word_list *words, const char *text, struct error *err);

/* `text` with every "{}" replaced by `value`; the caller frees it. */
char *words_replace(const char *text, const char *value);

#endif
