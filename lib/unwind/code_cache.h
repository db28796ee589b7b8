/* SPDX-License-Identifier: MIT */
/*
 * Instructions in the memory of a process, a few at each place: a stack leads
 * to the same places again and again.
 */
#ifndef CPROF_UNWIND_CODE_CACHE_H
#define CPROF_UNWIND_CODE_CACHE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct code_cache;

struct code_cache *code_cache_new(void);

/* NULL is allowed. */
void code_cache_free(struct code_cache *cache);

/* The code may be another now. */
void code_cache_clear(struct code_cache *cache);

/*
 * The first WAY_OUT_BYTES bytes at `pc` in the memory of `pid`, in `*code`
 * until the next call.  How many could be read; 0: none.
 */
size_t code_cache_read(struct code_cache *cache, pid_t pid, uint64_t pc,
		       const uint8_t **code);

#endif
