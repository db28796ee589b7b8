/* SPDX-License-Identifier: MIT */
/*
 * What tracer.c (whom we trace) and tracer_serve.c (what happens to them)
 * share; for nobody else.
 */
#ifndef CPROF_TRACE_TRACER_STATE_H
#define CPROF_TRACE_TRACER_STATE_H

#include "base/map64.h"
#include "base/vec.h"
#include "trace/close_look.h"
#include "trace/tracer.h"

#include <signal.h>

enum {
	/*
	 * Stops that wait for their unwinding.  Each has room for the
	 * largest stack copy, but only pages that were used take memory.
	 */
	STOP_QUEUE = 64,
	STACK_BYTES_FIRST = 64 * 1024,
	/*
	 * Threads may come faster than they can be served, two stops for
	 * each.  After so many stops the dead have a turn, after so many
	 * turns the caller has one.
	 */
	STOPS_AT_ONCE = 4,
	ENDS_AT_ONCE = 16,
	TURNS_AT_ONCE = 256,
};

VEC_DEFINE(tracee_vec, struct tracee *);

struct tracer {
	const struct tracer_ops *ops;
	void *context;
	bool follow;
	bool quiet;			/* no more interrupts */
	bool woken;
	bool more;			/* to be served, without a signal */
	struct tracee_vec tracees;
	struct map64 by_tid;		/* tid -> index in tracees */
	struct map64 parents;		/* tid -> pid that made it */
	pid_t last_maker;		/* of a thread; 0: none yet */
	struct stop *queue;
	size_t queued;
	size_t handed;			/* of those, handed out already */
	uint8_t *stacks;		/* of the queue */
	uint64_t busy_since_ns;
	uint64_t waits;
	struct close_look look;
	sigset_t signals;
	struct tracer_signs *signs;	/* NULL: nobody watches */
	struct tracer_stats stats;
};

/* NULL when it is not one of ours. */
struct tracee *tracee_find(const struct tracer *tracer, pid_t tid);

/* A thread that is traced already becomes known; to be told. */
struct tracee *tracee_add(struct tracer *tracer, pid_t pid, pid_t tid);

/* The caller hears of it. */
void tracee_tell(struct tracer *tracer, struct tracee *tracee);

/* It is gone: forget it. */
void tracee_remove(struct tracer *tracer, struct tracee *tracee);

/* For a thread in a stop: what is to be told of it; its exit, too? */
void tracer_set_options(const struct tracer *tracer, pid_t tid, bool exits);

/* Let a few that stopped go on; true when there may be more. */
bool tracer_serve_stops(struct tracer *tracer);

#endif
