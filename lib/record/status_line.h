/* SPDX-License-Identifier: MIT */
/* One line at the bottom of a terminal that changes while time goes by. */
#ifndef CPROF_RECORD_STATUS_LINE_H
#define CPROF_RECORD_STATUS_LINE_H

#include <stdbool.h>
#include <stddef.h>

struct status_line {
	int fd;			/* the terminal; -1: there is none */
	bool shown;
};

#define STATUS_LINE_INIT { .fd = -1 }

/* Use `fd` if it is a terminal that can do it; `term` is $TERM. */
void status_line_open(struct status_line *line, int fd, const char *term);

/* Columns of the terminal; 0 when nothing may be shown now. */
size_t status_line_columns(const struct status_line *line);

/* Show `text`, which has fewer than status_line_columns() columns. */
void status_line_show(struct status_line *line, const char *text);

/* Take the line away, if it is there. */
void status_line_clear(struct status_line *line);

#endif
