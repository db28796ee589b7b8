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
	/* Who looks at a summary reads two such pieces. */
	READ_AHEAD_FIRST = 8 * 1024,
	READ_AHEAD_MAX = 256 * 1024
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

/*
 * Read what is wanted and more: behind it, and where the file ends soon,
 * before it.
 */
static int move_window(struct file_view *view, uint64_t offset, size_t want,
		       struct error *err)
{
	uint64_t start = offset;

	if (view->window_len && offset >= view->window_start &&
	    offset <= view->window_start + view->window_len)
		view->read_ahead = MIN(view->read_ahead * 2,
				       (size_t)READ_AHEAD_MAX);
	else
		view->read_ahead = READ_AHEAD_FIRST;
	if (view->bytes - start < view->read_ahead)
		start = view->bytes - MIN(view->bytes,
					  (uint64_t)view->read_ahead);
	want += offset - start;
	want = MAX(want, view->read_ahead);
	return fill(view, start, MIN(want, view->bytes - start), err);
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
	if (*got && (offset < view->window_start ||
	    offset + *got > view->window_start + view->window_len)) {
		if (move_window(view, offset, *got, err))
			return -1;
		/* Cut meanwhile: it ends with the window. */
		left = view->window_start + view->window_len;
		*got = offset < left ? MIN(*got, left - offset) : 0;
	}
	*out = *got ? view->window + (offset - view->window_start) :
	       view->window;
	return 0;
}

void file_view_release(struct file_view *view)
{
	if (view->fd >= 0)
		close(view->fd);
	free(view->window);
	*view = (struct file_view){ .fd = -1 };
}
