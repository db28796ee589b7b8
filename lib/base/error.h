/* SPDX-License-Identifier: MIT */
/* Errors are values: a kind for the program, a text for the user. */
#ifndef CPROF_BASE_ERROR_H
#define CPROF_BASE_ERROR_H

#include "base/compiler.h"

enum error_kind {
	ERROR_NONE,
	ERROR_USAGE,		/* the command line or a spec file is wrong */
	ERROR_SYSTEM,		/* a system call failed */
	ERROR_FORMAT,		/* input bytes are malformed or damaged */
	ERROR_UNSUPPORTED,	/* valid, but not in this version or build */
	ERROR_TARGET,		/* the profiled program failed, not cprof */
	ERROR_NOT_FOUND,	/* what was asked for is not there */
};

struct error {
	enum error_kind kind;
	char text[512];
};

#define ERROR_INIT { .kind = ERROR_NONE }

/*
 * State the cause of a failure.  Replaces whatever `err` held.
 * `err` may be NULL when the caller does not care why.  Returns -1.
 */
int error_set(struct error *err, enum error_kind kind, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* Like error_set() with ERROR_SYSTEM; appends ": " and strerror(errno). */
int error_set_errno(struct error *err, const char *fmt, ...)
	PRINTF_LIKE(2, 3);

/*
 * Say where it happened: puts the text and ": " in front of the cause.
 * When the whole does not fit, the outermost context is dropped, never
 * the cause.  Returns -1.
 */
int error_context(struct error *err, const char *fmt, ...)
	PRINTF_LIKE(2, 3);

#endif
