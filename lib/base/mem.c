/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	EXIT_NO_MEMORY = 125
};

static struct {
	int (*call)(void *arg);
	void *arg;
} last_resort;

void mem_set_last_resort(int (*call)(void *arg), void *arg)
{
	last_resort.call = call;
	last_resort.arg = arg;
}

void mem_out_of_memory(void)
{
	static const char text[] = "cprof: out of memory: what ulimit -v "
		"allows, or the machine has, is used up\n";
	struct pollfd out = { .fd = STDERR_FILENO, .events = POLLOUT };
	int (*call)(void *arg) = last_resort.call;

	/* Who does not read must not keep us from what is left to do. */
	if (poll(&out, 1, 0) > 0 &&
	    write(STDERR_FILENO, text, sizeof(text) - 1) < 0) {
		/* Nothing is left to tell it with. */
	}
	last_resort.call = NULL;
	_exit(call ? call(last_resort.arg) : EXIT_NO_MEMORY);
}

void *mem_calloc(size_t count, size_t bytes)
{
	void *ptr = calloc(count ? count : 1, bytes ? bytes : 1);

	if (!ptr)
		mem_out_of_memory();
	return ptr;
}

void *mem_alloc(size_t bytes)
{
	return mem_calloc(1, bytes);
}

void *mem_realloc(void *ptr, size_t count, size_t bytes)
{
	size_t size;

	if (__builtin_mul_overflow(count, bytes, &size))
		mem_out_of_memory();
	ptr = realloc(ptr, size ? size : 1);
	if (!ptr)
		mem_out_of_memory();
	return ptr;
}

void *mem_copy(const void *data, size_t bytes)
{
	void *ptr = mem_alloc(bytes);

	if (bytes)
		memcpy(ptr, data, bytes);
	return ptr;
}

char *mem_strdup(const char *text)
{
	return text ? mem_copy(text, strlen(text) + 1) : NULL;
}

char *mem_printf(const char *fmt, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0)
		mem_out_of_memory();
	return text;
}
