/* SPDX-License-Identifier: MIT */
#include "record/status_line.h"

#include "base/output.h"
#include "base/strbuf.h"

#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	MIN_COLUMNS = 20,
	USUAL_COLUMNS = 80
};

void status_line_open(struct status_line *line, int fd, const char *term)
{
	line->shown = false;
	line->fd = -1;
	if (term && *term && strcmp(term, "dumb") != 0 && isatty(fd))
		line->fd = fd;
}

/* After Ctrl-S, say: the program does not wait for it, neither do we. */
static bool would_wait(const struct status_line *line)
{
	struct pollfd out = { .fd = line->fd, .events = POLLOUT };

	return poll(&out, 1, 0) <= 0;
}

size_t status_line_columns(const struct status_line *line)
{
	struct winsize size;

	/* In the background the line would go into somebody's prompt. */
	if (line->fd < 0 || tcgetpgrp(line->fd) != getpgrp() ||
	    would_wait(line))
		return 0;
	if (ioctl(line->fd, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return USUAL_COLUMNS;
	return size.ws_col < MIN_COLUMNS ? 0 : size.ws_col;
}

void status_line_show(struct status_line *line, const char *text)
{
	struct strbuf out = STRBUF_INIT;

	strbuf_addf(&out, "\r%s\033[K", text);
	write_all(line->fd, out.text, out.len, NULL);
	strbuf_release(&out);
	line->shown = true;
}

void status_line_clear(struct status_line *line)
{
	if (line->shown && !would_wait(line))
		write_all(line->fd, "\r\033[K", 4, NULL);
	line->shown = false;
}
