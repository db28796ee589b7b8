/* SPDX-License-Identifier: MIT */
/*
 * Makes a profile out of what a sample sink is told, by a reader of a file
 * or by a test.  It trusts nobody: an id that was never defined, or comes
 * out of order, is an error, which sticks.
 */
#ifndef CPROF_PROFILE_BUILDER_H
#define CPROF_PROFILE_BUILDER_H

#include "base/error.h"
#include "model/sink.h"
#include "profile/profile.h"

struct profile_builder;

struct profile_builder *profile_builder_new(void);

/* NULL is allowed. */
void profile_builder_free(struct profile_builder *builder);

/*
 * The next recording begins: ids start at 0 again.  `path` names it in
 * messages.  Called once before anything else.
 */
void profile_builder_file(struct profile_builder *builder, const char *path,
			  const struct recording_info *info);

/* What the reader found out about the current file. */
void profile_builder_note(struct profile_builder *builder, bool partial,
			  uint64_t lost_bytes, uint64_t skipped_chunks);

/* Where to send everything else; lives as long as the builder. */
struct sample_sink *profile_builder_sink(struct profile_builder *builder);

/*
 * 0, or -1 with what went wrong first (ERROR_FORMAT).  The definition or
 * window that was wrong is left out.
 */
int profile_builder_error(const struct profile_builder *builder,
			  struct error *err);

/* A frame of the current file that could have a better name. */
struct nameless_frame {
	uint32_t frame;			/* id in the file, for the sink */
	uint32_t module;		/* see profile_builder_module() */
	uint64_t address;
};

VEC_DEFINE(nameless_vec, struct nameless_frame);

/*
 * The frames that nobody has named, in order of module and address; with
 * `poor`, also those that are named by an address or have no source line.
 * Special frames are never among them.
 */
void profile_builder_nameless(const struct profile_builder *builder, bool poor,
			      struct nameless_vec *out);

/* A module by its id in the profile; borrowed until the next one comes. */
const struct module *
profile_builder_module(const struct profile_builder *builder, uint32_t id);

/* Was the current file cut off? */
bool profile_builder_is_partial(const struct profile_builder *builder);

/* The profile, which the caller owns; the builder is empty after that. */
struct profile *profile_builder_finish(struct profile_builder *builder);

#endif
