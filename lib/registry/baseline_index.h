/* SPDX-License-Identifier: MIT */
/* Which baselines is a profile part of? */
#ifndef CPROF_REGISTRY_BASELINE_INDEX_H
#define CPROF_REGISTRY_BASELINE_INDEX_H

#include "registry/baseline.h"

#include <sys/types.h>

/* A file that a baseline lists, by identity: paths have many spellings. */
struct baseline_member {
	dev_t device;
	ino_t inode;
	const char *baseline;
};

VEC_DEFINE(baseline_member_vec, struct baseline_member);

struct baseline_index {
	struct baseline_member_vec members;
	struct arena arena;
};

/*
 * Read all baselines of `directory`; members that are gone are left out.
 * -1 when one cannot be read.  To be released in any case.
 */
int baseline_index_init(struct baseline_index *index, const char *directory,
			struct error *err);
void baseline_index_release(struct baseline_index *index);

/* Add the names of the baselines that list the file at `path`. */
void baseline_index_find(const struct baseline_index *index, const char *path,
			 struct string_vec *names);

#endif
