/* SPDX-License-Identifier: MIT */
/* Profiles from files. */
#ifndef CPROF_PROFILE_LOAD_H
#define CPROF_PROFILE_LOAD_H

#include "profile/builder.h"

struct profile_load {
	const char *if_damaged;	/* what may help then, for the error; or NULL */
	bool salvage;		/* step over damage instead of failing */
	/* Called after each file, to name frames without a symbol; or NULL. */
	void (*name_frames)(void *context, struct profile_builder *builder);
	void *context;
};

/*
 * Read the files into one profile, which the caller owns.  A cut-off file
 * is no error: see struct profile_file.  Returns -1 and NULL in `*out`:
 * ERROR_SYSTEM, ERROR_FORMAT, ERROR_UNSUPPORTED; the error names the file,
 * and for damage the chunk and its offset.
 */
int profile_load(struct profile **out, const char *const *paths, size_t count,
		 const struct profile_load *load, struct error *err);

#endif
