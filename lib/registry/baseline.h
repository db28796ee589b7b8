/* SPDX-License-Identifier: MIT */
/*
 * Baselines: names for lists of profiles.  One is a text file,
 * DIRECTORY/baselines/NAME; it has a line for each profile, relative to
 * DIRECTORY or absolute, and comments (#).
 */
#ifndef CPROF_REGISTRY_BASELINE_H
#define CPROF_REGISTRY_BASELINE_H

#include "base/arena.h"
#include "cli/opt.h"

/*
 * ERROR_USAGE unless `name` can be the name of a baseline: letters, digits
 * and "._+-", at most 100 of them, not beginning with "." or "-", and not
 * ending in ".tmp".
 */
int baseline_check_name(const char *name, struct error *err);

/*
 * Add the paths of the profiles that the baseline lists, as they are to be
 * opened, to `paths`; they live in `arena`.  -1: ERROR_NOT_FOUND (and which
 * baselines there are), ERROR_SYSTEM, ERROR_FORMAT.
 */
int baseline_read(const char *directory, const char *name,
		  struct arena *arena, struct string_vec *paths,
		  struct error *err);

/*
 * Write a baseline that lists `paths`, in place of one of that name if
 * there is one.  Profiles that lie in `directory` are listed relative to
 * it, others with their absolute path.
 */
int baseline_write(const char *directory, const char *name,
		   const char *const *paths, size_t count, struct error *err);

/* -1: ERROR_NOT_FOUND, ERROR_SYSTEM. */
int baseline_remove(const char *directory, const char *name,
		    struct error *err);

/* Add the names of all baselines, sorted; none is no error. */
int baseline_names(const char *directory, struct arena *arena,
		   struct string_vec *names, struct error *err);

#endif
