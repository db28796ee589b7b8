/* SPDX-License-Identifier: MIT */
/* How names on the command line find names in a profile. */
#ifndef CPROF_PROFILE_MATCH_H
#define CPROF_PROFILE_MATCH_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "profile/profile.h"

#include <stdbool.h>

/* Shell patterns; an empty list matches everything.  Borrowed. */
struct patterns {
	const char *const *items;
	size_t count;
};

/* The name itself, or a shell pattern (fnmatch(3)) that it fits. */
bool pattern_matches(const char *pattern, const char *name);

/* Does any pattern fit the name? */
bool patterns_match(const struct patterns *patterns, const char *name);

/*
 * Does any pattern fit the function?  Its whole name, or the name without
 * parameters and template arguments, or its linkage name.
 */
bool patterns_match_function(const struct patterns *patterns,
			     const struct function *function);

/* The path, or its last component; likewise for the others. */
bool patterns_match_path(const struct patterns *patterns, const char *path);

/* The name or the number. */
bool patterns_match_id(const struct patterns *patterns, const char *name,
		       int32_t id);

/*
 * Add the C++ or Rust function name without its parameters and without
 * the template arguments at its end: "a::b<int>(char)" gives "a::b"; and
 * that of JavaScript or Python as its runtime told it: "JS:*b /x/y.js:3:7"
 * gives "b".
 */
void function_bare_name(struct strbuf *out, const char *name);

#endif
