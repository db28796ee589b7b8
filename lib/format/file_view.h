/* SPDX-License-Identifier: MIT */
/*
 * Any part of a file, or of memory, as bytes.  A file is read, not mapped:
 * a mapped file that somebody cuts is a SIGBUS.
 */
#ifndef CPROF_FORMAT_FILE_VIEW_H
#define CPROF_FORMAT_FILE_VIEW_H

#include "base/error.h"

#include <stdint.h>

struct file_view {
	int fd;			/* -1: memory */
	const uint8_t *memory;
	uint64_t bytes;		/* of the file, as far as it could be read */
	uint8_t *window;
	size_t window_capacity;
	size_t window_len;
	uint64_t window_start;
	size_t read_ahead;	/* grows while the file is read in order */
};

/* Only a regular file will do. */
int file_view_open(struct file_view *view, const char *path,
		   struct error *err);
void file_view_of(struct file_view *view, const void *data, size_t len);

/*
 * Point `*out` at the bytes from `offset` on and `*got` at their number:
 * `want`, or less at the end of the file.  Valid until the next call.
 */
int file_view_get(struct file_view *view, uint64_t offset, size_t want,
		  const uint8_t **out, size_t *got, struct error *err);

void file_view_release(struct file_view *view);

#endif
