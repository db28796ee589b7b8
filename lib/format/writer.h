/* SPDX-License-Identifier: MIT */
/* A profile file as a sample sink. */
#ifndef CPROF_FORMAT_WRITER_H
#define CPROF_FORMAT_WRITER_H

#include "base/error.h"
#include "model/run.h"
#include "model/sink.h"

struct profile_writer;

enum profile_writer_mode {
	WRITER_KEEP,		/* an existing profile is an error */
	WRITER_REPLACE,		/* replace a profile, refuse another file */
	WRITER_FORCE,		/* replace whatever file is there */
};

/*
 * Begin `path`.  The bytes go to PATH.partial (mode 0600) until
 * profile_writer_finish() renames it.  A PATH.partial that is there is
 * moved aside, to PATH.partial.1 (.2, ...).
 */
int profile_writer_open(struct profile_writer **out, const char *path,
			enum profile_writer_mode mode,
			const struct recording_info *info, struct error *err);

/* The .partial file's, for who is left when we are not; zeros: not known. */
void profile_writer_identity(const struct profile_writer *writer,
			     uint64_t *device, uint64_t *inode);

/* The sink that fills the file; lives as long as the writer. */
struct sample_sink *profile_writer_sink(struct profile_writer *writer);

/*
 * Write the index, fsync, rename into place.  Returns -1 with the first
 * failure of the whole recording; the .partial file stays then, readable
 * up to the last chunk that could be written.
 */
int profile_writer_finish(struct profile_writer *writer, struct error *err);

/* Leave no file behind: the program never ran. */
void profile_writer_discard(struct profile_writer *writer);

/* NULL is allowed.  Without finish, the .partial file stays. */
void profile_writer_close(struct profile_writer *writer);

#endif
