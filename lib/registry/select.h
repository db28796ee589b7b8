/* SPDX-License-Identifier: MIT */
/* Which profiles of a registry? */
#ifndef CPROF_REGISTRY_SELECT_H
#define CPROF_REGISTRY_SELECT_H

#include "cli/opt.h"
#include "registry/scan.h"

/*
 * All that is given must fit; an empty list fits all.  Texts are themselves
 * or shell patterns (fnmatch(3)).
 */
struct registry_select {
	struct string_vec names;	/* any of them */
	struct string_vec versions;	/* any of them */
	struct string_vec labels;	/* all of them: "KEY=VALUE" or "KEY" */
	const char *region;		/* with such a region; NULL: any */
	uint64_t since_ns;		/* recorded then or later; 0: any */
};

void registry_select_release(struct registry_select *select);

/* Does the entry fit all that was asked for? */
bool registry_selects(const struct registry_select *select,
		      const struct registry_entry *entry);

/* The text itself, or a shell pattern that it fits. */
bool registry_pattern_fits(const char *pattern, const char *text);

#endif
