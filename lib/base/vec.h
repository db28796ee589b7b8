/* SPDX-License-Identifier: MIT */
/*
 * Growing arrays.  VEC_DEFINE(sample_vec, struct sample) gives
 *
 *	struct sample_vec { struct sample *items; size_t count, capacity; };
 *	void sample_vec_push(struct sample_vec *, struct sample);
 *	struct sample *sample_vec_add(struct sample_vec *);  -- zeroed, at end
 *	void sample_vec_reserve(struct sample_vec *, size_t total);
 *	void sample_vec_release(struct sample_vec *);
 *
 * Start with `= VEC_INIT`.  Pointers to items die when the array grows.
 */
#ifndef CPROF_BASE_VEC_H
#define CPROF_BASE_VEC_H

#include "base/compiler.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define VEC_INIT { NULL, 0, 0 }

#define VEC_DEFINE(name, type)						\
	struct name {							\
		type *items;						\
		size_t count;						\
		size_t capacity;					\
	};								\
	static inline UNUSED void name##_reserve(struct name *vec,	\
						 size_t total)		\
	{								\
		if (total <= vec->capacity)				\
			return;						\
		vec->capacity = MAX(total, vec->capacity * 2);		\
		vec->capacity = MAX(vec->capacity, (size_t)8);		\
		vec->items = mem_realloc(vec->items, vec->capacity,	\
					 sizeof(*vec->items));		\
	}								\
	static inline UNUSED void name##_push(struct name *vec, type item) \
	{								\
		name##_reserve(vec, vec->count + 1);			\
		vec->items[vec->count++] = item;			\
	}								\
	static inline UNUSED type *name##_add(struct name *vec)	\
	{								\
		name##_reserve(vec, vec->count + 1);			\
		memset(&vec->items[vec->count], 0, sizeof(*vec->items)); \
		return &vec->items[vec->count++];			\
	}								\
	static inline UNUSED void name##_release(struct name *vec)	\
	{								\
		free(vec->items);					\
		vec->items = NULL;					\
		vec->count = vec->capacity = 0;				\
	}								\
	struct name

#endif
