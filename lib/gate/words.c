/* SPDX-License-Identifier: MIT */
#include "gate/words.h"

#include "base/strbuf.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static const char marker[] = "{}";

void word_list_free(struct word_list *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		free(texts->items[i]);
	word_list_release(texts);
}

static int needs_shell(const char *what, struct error *err)
{
	return error_set(err, ERROR_USAGE, "%s needs a shell: quote it, or "
			 "give --shell", what);
}

/* From behind the opening quote; returns what follows the closing one. */
static const char *copy_single(struct strbuf *word, const char *p,
			       struct error *err)
{
	const char *end = strchr(p, '\'');

	if (!end) {
		error_set(err, ERROR_USAGE, "a ' has no other end");
		return NULL;
	}
	strbuf_add_bytes(word, p, end - p);
	return end + 1;
}

static const char *copy_double(struct strbuf *word, const char *p,
			       struct error *err)
{
	for (; *p && *p != '"'; p++) {
		if (*p == '$' || *p == '`') {
			needs_shell("a $ or ` within \"...\"", err);
			return NULL;
		}
		if (*p == '\\' && p[1] == '\n') {
			p++;
			continue;
		}
		if (*p == '\\' && p[1] && strchr("$`\"\\", p[1]))
			p++;
		strbuf_add_char(word, *p);
	}
	if (!*p) {
		error_set(err, ERROR_USAGE, "a \" has no other end");
		return NULL;
	}
	return p + 1;
}

static const char *copy_escaped(struct strbuf *word, const char *p,
				struct error *err)
{
	if (!p[1]) {
		error_set(err, ERROR_USAGE, "a \\ at the end escapes nothing");
		return NULL;
	}
	/* A line that goes on. */
	if (p[1] != '\n')
		strbuf_add_char(word, p[1]);
	return p + 2;
}

static int refuse(char c, bool first_of_word, struct error *err)
{
	char what[] = "an unquoted ' '";

	if (!strchr("$`*?[|&;<>()", c) &&
	    !(first_of_word && (c == '~' || c == '#')))
		return 0;
	what[sizeof(what) - 3] = c;
	return needs_shell(what, err);
}

/* One word from `p` on; returns what follows it, NULL on failure. */
static const char *copy_word(struct strbuf *word, const char *p,
			     struct error *err)
{
	const char *start = p;

	while (p && *p && !strchr(" \t\n", *p)) {
		if (*p == '\'') {
			p = copy_single(word, p + 1, err);
		} else if (*p == '"') {
			p = copy_double(word, p + 1, err);
		} else if (*p == '\\') {
			p = copy_escaped(word, p, err);
		} else {
			if (refuse(*p, p == start, err))
				return NULL;
			strbuf_add_char(word, *p++);
		}
	}
	return p;
}

/* NAME=... in front of a command sets its environment, in a shell. */
static bool is_assignment(const char *word)
{
	const char *p = word;

	if (!isalpha((unsigned char)*p) && *p != '_')
		return false;
	while (isalnum((unsigned char)*p) || *p == '_')
		p++;
	return *p == '=';
}

int words_split(struct word_list *words, const char *text, struct error *err)
{
	struct strbuf word = STRBUF_INIT;
	const size_t first = words->count;
	const char *p = text;

	for (;;) {
		p += strspn(p, " \t\n");
		if (!*p)
			break;
		strbuf_clear(&word);
		p = copy_word(&word, p, err);
		if (!p)
			break;
		if (words->count == first && is_assignment(strbuf_text(&word)))
		{
			needs_shell("a variable in front of a command", err);
			p = NULL;
			break;
		}
		word_list_push(words, mem_strdup(strbuf_text(&word)));
	}
	strbuf_release(&word);
	return p ? 0 : error_context(err, "'%s'", text);
}

char *words_replace(const char *text, const char *value)
{
	struct strbuf out = STRBUF_INIT;
	const char *hit;

	for (; (hit = strstr(text, marker)); text = hit + strlen(marker)) {
		strbuf_add_bytes(&out, text, hit - text);
		strbuf_add(&out, value);
	}
	strbuf_add(&out, text);
	if (!out.text)
		return mem_strdup("");
	return strbuf_take(&out);
}
