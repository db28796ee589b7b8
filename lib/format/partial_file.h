/* SPDX-License-Identifier: MIT */
/* A file that grows beside its final name until it is whole. */
#ifndef CPROF_FORMAT_PARTIAL_FILE_H
#define CPROF_FORMAT_PARTIAL_FILE_H

#include "base/error.h"
#include "format/writer.h"

#include <stddef.h>
#include <stdint.h>

struct partial_file;

/* See profile_writer_open(). */
int partial_file_open(struct partial_file **out, const char *path,
		      enum profile_writer_mode mode, struct error *err);

/*
 * Add `len` bytes at the end.  On failure the file ends where it did
 * before, if the system lets us.
 */
int partial_file_append(struct partial_file *file, const void *data,
			size_t len, struct error *err);

/* What was added so far; not what failed. */
uint64_t partial_file_bytes(const struct partial_file *file);

/* Which file it is, so that somebody else can tell; zeros: not known. */
void partial_file_identity(const struct partial_file *file, uint64_t *device,
			   uint64_t *inode);

/* fsync and rename. */
int partial_file_commit(struct partial_file *file, struct error *err);

/* Remove it; it still has to be closed. */
void partial_file_discard(struct partial_file *file);

/* NULL is allowed. */
void partial_file_close(struct partial_file *file);

#endif
