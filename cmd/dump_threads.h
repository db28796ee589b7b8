/* SPDX-License-Identifier: MIT */
/* The stacks of all threads of a process, for `cprof dump`. */
#ifndef CPROF_CMD_DUMP_THREADS_H
#define CPROF_CMD_DUMP_THREADS_H

#include "base/arena.h"
#include "base/error.h"
#include "model/sample.h"
#include "model/stack.h"
#include "unwind/address_space.h"
#include "unwind/unwinder.h"

#include <stdbool.h>
#include <sys/types.h>

struct dump_thread {
	pid_t tid;
	char name[32];
	enum thread_state state;
	bool stopped;		/* it was stopped for this, once */
	bool complete;		/* the stack reaches its start */
	uint64_t ending;	/* enum special_frame when not complete */
	const char *problem;	/* why there is no stack; NULL: there is */
	struct frame *frames;	/* innermost first; in the arena */
	size_t frame_count;
};

VEC_DEFINE(dump_thread_vec, struct dump_thread);

struct dump {
	struct module_table *modules;
	struct dump_thread_vec threads;
	struct arena arena;
};

/*
 * Look at each thread of `pid` once.  Threads that sleep are read without
 * a stop where that is possible.  The error tells why a process cannot be
 * looked at, and what to do.
 */
int dump_take(struct dump *dump, pid_t pid, struct error *err);
void dump_release(struct dump *dump);

#endif
