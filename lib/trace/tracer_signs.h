/* SPDX-License-Identifier: MIT */
/*
 * Signs of the tracer's life, in memory that it shares with a watchdog: a
 * heart that beats, and whom it would hold if it stood still.
 */
#ifndef CPROF_TRACE_TRACER_SIGNS_H
#define CPROF_TRACE_TRACER_SIGNS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	/* Pages that are not used take no memory. */
	TRACER_SIGNS_THREADS = 64 * 1024,
	/* A tracer that is well beats at least so often. */
	TRACER_BEAT_MS = 50
};

struct tracer_signs {
	_Atomic uint64_t beat_ns;	/* monotonic */
	_Atomic int32_t tracer;		/* its thread id; 0: none */
	_Atomic int32_t newborn;	/* announced last, no tracee yet */
	_Atomic uint32_t count;		/* of tracees, below */
	_Atomic int32_t tids[TRACER_SIGNS_THREADS];
};

/* The calling thread is the tracer, and has no tracee yet. */
void tracer_signs_begin(struct tracer_signs *signs);

/* In all of these, `signs` may be NULL: nobody watches. */
void tracer_signs_beat(struct tracer_signs *signs, uint64_t now_ns);
void tracer_signs_newborn(struct tracer_signs *signs, pid_t tid);
void tracer_signs_put(struct tracer_signs *signs, size_t index, pid_t tid);
void tracer_signs_count(struct tracer_signs *signs, size_t count);

#endif
