/* SPDX-License-Identifier: MIT */
#include "profile/match.h"

#include "base/path.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool pattern_matches(const char *pattern, const char *name)
{
	return strcmp(pattern, name) == 0 || fnmatch(pattern, name, 0) == 0;
}

bool patterns_match(const struct patterns *patterns, const char *name)
{
	for (size_t i = 0; i < patterns->count; i++) {
		if (pattern_matches(patterns->items[i], name))
			return true;
	}
	return !patterns->count;
}

/* The index of the bracket that the one at `end` closes, or `end`. */
static size_t opening(const char *name, size_t end, char open, char close)
{
	size_t depth = 0;

	for (size_t i = end + 1; i-- > 0;) {
		if (name[i] == close)
			depth++;
		else if (name[i] == open && --depth == 0)
			return i;
	}
	return end;
}

/*
 * The name that a runtime gave in "JS:*run /x/y.js:3:7" or "py::run:/x/y.py":
 * where it begins; NULL for other names.  V8's marks say how it was compiled.
 */
static const char *run_time_name(const char *name, size_t *len)
{
	static const char *const kinds[] = {
		"JS:", "LazyCompile:", "Function:", "Script:", "Eval:", "py::",
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const size_t kind = strlen(kinds[i]);
		const bool python = kinds[i][0] == 'p';
		const char *end;

		if (strncmp(name, kinds[i], kind) != 0)
			continue;
		name += kind;
		name += !python && *name && strchr("*~^+", *name);
		end = python ? strchr(name, ':') : strrchr(name, ' ');
		*len = end ? (size_t)(end - name) : strlen(name);
		return *len ? name : NULL;
	}
	return NULL;
}

void function_bare_name(struct strbuf *out, const char *name)
{
	const char *inner;
	size_t len, at;

	inner = run_time_name(name, &len);
	if (inner) {
		strbuf_add_bytes(out, inner, len);
		return;
	}
	len = strlen(name);

	if (len > 6 && strcmp(name + len - 6, " const") == 0)
		len -= 6;
	if (len && name[len - 1] == ')') {
		at = opening(name, len - 1, '(', ')');
		/* "operator()" and "(anonymous namespace)" are names. */
		if (at && at < len - 1 && strchr(name, '(') == name + at)
			len = at;
	}
	if (len && name[len - 1] == '>') {
		at = opening(name, len - 1, '<', '>');
		if (at && at < len - 1)
			len = at;
	}
	strbuf_add_bytes(out, name, len);
}

static bool is_shown_name(const char *text, const char *name)
{
	const size_t len = strlen(text);
	size_t inner;

	return run_time_name(name, &inner) && strncmp(text, name, len) == 0 &&
	       name[len] == ' ';
}

bool patterns_match_function(const struct patterns *patterns,
			     const struct function *function)
{
	struct strbuf bare = STRBUF_INIT;
	bool found = !patterns->count;

	if (patterns->count)
		function_bare_name(&bare, function->name);
	for (size_t i = 0; i < patterns->count && !found; i++) {
		const char *pattern = patterns->items[i];

		/* As tables show it, too: "JS:*run", without a place. */
		found = pattern_matches(pattern, function->name) ||
			is_shown_name(pattern, function->name) ||
			pattern_matches(pattern, strbuf_text(&bare)) ||
			(function->linkage_name &&
			 pattern_matches(pattern, function->linkage_name));
	}
	strbuf_release(&bare);
	return found;
}

bool patterns_match_path(const struct patterns *patterns, const char *path)
{
	for (size_t i = 0; i < patterns->count; i++) {
		const char *pattern = patterns->items[i];

		if (path && (pattern_matches(pattern, path) ||
			     pattern_matches(pattern, path_base(path))))
			return true;
	}
	return !patterns->count;
}

bool patterns_match_id(const struct patterns *patterns, const char *name,
		       int32_t id)
{
	char number[16];

	snprintf(number, sizeof(number), "%" PRId32, id);
	for (size_t i = 0; i < patterns->count; i++) {
		if (strcmp(patterns->items[i], number) == 0 ||
		    pattern_matches(patterns->items[i], name))
			return true;
	}
	return !patterns->count;
}
