/* SPDX-License-Identifier: MIT */
/*
 * Stacks as an export sees them: paths of functions (or of lines), inlined
 * ones included, which several stacks of addresses may share.
 */
#ifndef CPROF_RENDER_EXPORT_PATHS_H
#define CPROF_RENDER_EXPORT_PATHS_H

#include "base/map64.h"
#include "base/strbuf.h"
#include "profile/call_tree.h"
#include "profile/weights.h"

/* A path is the one without its innermost part, and that part. */
struct export_path {
	uint32_t parent;	/* < own index; ID_NONE: outermost */
	uint32_t key;		/* see export_key_location() */
};

VEC_DEFINE(export_path_vec, struct export_path);

/*
 * Keys are ids of functions or locations, from 0 to `code_keys`; then
 * follow the reasons of waits, which stand below what waits.
 */
struct export_paths {
	const struct profile *profile;
	enum call_key by;	/* CALL_BY_FUNCTION or CALL_BY_LINE */
	uint32_t code_keys;
	uint32_t key_count;	/* with the reasons */
	uint32_t *keys;		/* by location id */
	struct export_path_vec paths;
	struct map64 children;	/* parent << 32 | key: path */
	struct u32_vec of_stack; /* path + 1; 0: not asked for yet */
	struct u32_vec todo;
};

/* To be released. */
void export_paths_init(struct export_paths *paths,
		       const struct profile *profile, enum call_key by);
void export_paths_release(struct export_paths *paths);

/* The path of a stack; with the reason below it unless it is RUNNING. */
uint32_t export_path_of(struct export_paths *paths, uint32_t stack,
			uint8_t state);

/* The function of a key, or NULL: it is a reason. */
const struct function *export_key_function(const struct export_paths *paths,
					   uint32_t key);

/* The source file and line of a key; NULL and 0 when not known. */
const char *export_key_place(const struct export_paths *paths, uint32_t key,
			     uint32_t *line);

/*
 * Add its name, which is not escaped, and never empty.  Reasons are called
 * as in a report: "[waiting for a lock (futex)]".
 */
void export_add_key_name(struct strbuf *out, const struct export_paths *paths,
			 uint32_t key);

/* By thread: the weights of each stack; `state` is set off the CPU only. */
void export_weigh(struct weights *weights, const struct profile *profile,
		  const struct filter *filter, enum weight_clock clock);

#endif
