/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *err, enum error_kind kind, const char *fmt, ...)
{
	va_list args;

	if (!err)
		return -1;
	err->kind = kind;
	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	return -1;
}

int error_set_errno(struct error *err, const char *fmt, ...)
{
	const int saved = errno;
	char text[sizeof(err->text)];
	va_list args;

	if (!err)
		return -1;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	error_set(err, ERROR_SYSTEM, "%.400s: %s", text, strerror(saved));
	errno = saved;
	return -1;
}

int error_context(struct error *err, const char *fmt, ...)
{
	char text[sizeof(err->text)];
	va_list args;
	size_t len, old;

	if (!err)
		return -1;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);

	len = strlen(text);
	old = strlen(err->text);
	if (len + 2 + old >= sizeof(err->text))
		return -1;
	memmove(err->text + len + 2, err->text, old + 1);
	memcpy(err->text, text, len);
	memcpy(err->text + len, ": ", 2);
	return -1;
}
