/* SPDX-License-Identifier: MIT */
/* Files that appear whole or not at all, and reading small files. */
#ifndef CPROF_BASE_OUTPUT_H
#define CPROF_BASE_OUTPUT_H

#include "base/error.h"
#include "base/strbuf.h"

#include <stddef.h>

struct output;

/*
 * Begin to write `path`; "-" is standard output.  The bytes go beside the
 * final name until output_commit() renames them into place.  A file that is
 * replaced so keeps its permissions.
 */
int output_open(struct output **out, const char *path, struct error *err);
int output_write(struct output *out, const void *data, size_t len,
		 struct error *err);
int output_commit(struct output *out, struct error *err);
/* Without a commit before, nothing is left behind.  NULL is allowed. */
void output_close(struct output *out);

/* All of it at once: open, write, commit. */
int output_write_file(const char *path, const void *data, size_t len,
		      struct error *err);

/* Write all of `data`, across short writes and EINTR. */
int write_all(int fd, const void *data, size_t len, struct error *err);

/*
 * Add what the file at `path` (relative to `dirfd`) holds, `max` bytes at
 * the most, to `buf`.  More than that is ERROR_UNSUPPORTED.
 */
int read_file_at(int dirfd, const char *path, size_t max, struct strbuf *buf,
		 struct error *err);

#endif
