/* SPDX-License-Identifier: MIT */
/* What the library's own files share. */
#ifndef CPROF_MARK_MARK_H
#define CPROF_MARK_MARK_H

#define CPROF_NO_SHORTCUTS
#include "mark/cprof.h"
#include "mark/layout.h"

#include <stddef.h>

#define HIDDEN __attribute__((visibility("hidden")))
#define COLD __attribute__((noinline, cold))

#define LOAD(address) __atomic_load_n(address, __ATOMIC_RELAXED)
#define STORE(address, value) \
	__atomic_store_n(address, value, __ATOMIC_RELAXED)
#define CLAIM(address, from, to) \
	__atomic_compare_exchange_n(address, from, to, 0, __ATOMIC_ACQ_REL, \
				    __ATOMIC_ACQUIRE)
/* Between the thread and its own signal handlers. */
#define FENCE() __atomic_signal_fence(__ATOMIC_SEQ_CST)

/* Under this name in the file: not to be mixed up with another module's. */
extern struct mark_pool pool __asm__("cprof_pool_own_");

#pragma GCC visibility push(hidden)

/* The id of a name, 0 when there is no room. */
uint32_t mark_name_id(const char *text);

/* The same by its address, if the text there is still the same. */
uint32_t mark_recent_id(struct mark_slot *slot, const char *text);

/* The place of region `name` inside of region `parent`. */
uint32_t mark_node_id(uint32_t parent, uint32_t name);

/*
 * Go to work: the thread's slot and the time, or NULL when it is off, or at
 * work already (in a handler of a signal that came there).  Ends with
 * mark_leave().
 */
struct mark_slot *mark_enter(uint64_t *time_ns);
void mark_leave(struct mark_slot *slot);

/* Write an event. */
void mark_put(struct mark_slot *slot, uint64_t time_ns, uint64_t word);

/* Of the innermost open region, or MARK_NODE_NONE. */
uint32_t mark_node_around(const struct mark_slot *slot);

/* Ends of what began before go on while it is paused. */
static inline int mark_is_paused(void)
{
	return __builtin_expect(LOAD(&pool.head.control.paused) != 0, 0);
}

#pragma GCC visibility pop

#endif
