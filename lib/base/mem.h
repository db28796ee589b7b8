/* SPDX-License-Identifier: MIT */
/*
 * Allocation that cannot fail: when memory is gone the program ends.
 * A size that comes from a file is checked before it gets here.
 */
#ifndef CPROF_BASE_MEM_H
#define CPROF_BASE_MEM_H

#include <stddef.h>

/*
 * What is left to be done when memory is gone, which must not allocate any:
 * the process ends with the status that `call` returns, without it (NULL)
 * with 125.  Children inherit it.
 */
void mem_set_last_resort(int (*call)(void *arg), void *arg);

/* For libraries' allocations that failed: as all of these end then. */
_Noreturn void mem_out_of_memory(void);

/* Memory of `bytes` bytes, zeroed.  Release with free(). */
void *mem_alloc(size_t bytes);

/* Memory for `count` items of `bytes` bytes each, zeroed. */
void *mem_calloc(size_t count, size_t bytes);

/* Change the size of `ptr` (may be NULL); new bytes are undefined. */
void *mem_realloc(void *ptr, size_t count, size_t bytes);

/* A copy of `text`; NULL gives NULL. */
char *mem_strdup(const char *text);

/* A copy of `bytes` bytes at `data`. */
void *mem_copy(const void *data, size_t bytes);

/* printf into new memory. */
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
