/* SPDX-License-Identifier: MIT */
#include "format/file_view.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	READ_AHEAD = 256 * 1024
};

int file_view_open(struct file_view *view, const char *path,
		   struct error *err)
{
	struct stat st;

	*view = (struct file_view){ .fd = -1 };
	/* O_NONBLOCK: a FIFO must not hang us. */
	view->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (view->fd < 0)
		return error_set_errno(err, "cannot open");
	if (fstat(view->fd, &st) < 0) {
		error_set_errno(err, "cannot look at it");
		goto fail;
	}
	if (!S_ISREG(st.st_mode)) {
		error_set(err, ERROR_FORMAT, S_ISDIR(st.st_mode) ?
			  "is a directory" : "not a regular file");
		goto fail;
	}
	view->bytes = st.st_size;
	return 0;
fail:
	file_view_release(view);
	return -1;
}

void file_view_of(struct file_view *view, const void *data, size_t len)
{
	*view = (struct file_view){ .fd = -1, .memory = data, .bytes = len };
}

static int fill(struct file_view *view, uint64_t offset, size_t want,
		struct error *err)
{
	if (want > view->window_capacity) {
		view->window = mem_realloc(view->window, want, 1);
		view->window_capacity = want;
	}
	view->window_start = offset;
	view->window_len = 0;
	while (view->window_len < want) {
		ssize_t n = pread(view->fd, view->window + view->window_len,
				  want - view->window_len,
				  offset + view->window_len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set_errno(err, "cannot read");
		if (n == 0)
			break;
		view->window_len += n;
	}
	/* Somebody has cut the file: so it ends here for us too. */
	if (view->window_len < want)
		view->bytes = offset + view->window_len;
	return 0;
}

int file_view_get(struct file_view *view, uint64_t offset, size_t want,
		  const uint8_t **out, size_t *got, struct error *err)
{
	uint64_t left = offset < view->bytes ? view->bytes - offset : 0;

	*got = MIN(left, want);
	if (view->fd < 0) {
		*out = view->memory + (left ? offset : 0);
		return 0;
	}
	if (offset < view->window_start ||
	    offset + *got > view->window_start + view->window_len) {
		if (fill(view, offset, MIN(left, MAX(*got,
				(size_t)READ_AHEAD)), err))
			return -1;
		*got = MIN(*got, view->window_len);
	}
	*out = view->window + (offset - view->window_start);
	return 0;
}

void file_view_release(struct file_view *view)
{
	if (view->fd >= 0)
		close(view->fd);
	free(view->window);
	*view = (struct file_view){ .fd = -1 };
}
