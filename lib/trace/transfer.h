/* SPDX-License-Identifier: MIT */
/*
 * System calls that move many bytes.  A stop that meets one ends it early, as
 * a signal does: it returns what it has moved until then.
 *
 * Where the source has no state (/dev/zero, /dev/urandom, getrandom(2)), the
 * whole call can be made again, and nobody can tell.  Elsewhere the bytes are
 * on their way: all that can be done is to count.
 */
#ifndef CPROF_TRACE_TRANSFER_H
#define CPROF_TRACE_TRANSFER_H

#include "proc/task.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum transfer_kind {
	TRANSFER_NONE,		/* another call, or one that did all */
	TRANSFER_AGAIN,		/* from a source without state, perhaps */
	TRANSFER_OUT,		/* a send or write */
	TRANSFER_IN,		/* a receive that waits for all */
};

/* One that did less than it was asked for. */
struct transfer {
	enum transfer_kind kind;
	uint64_t asked;		/* bytes, or messages */
	uint64_t done;
	/* Of sendfile(2): where its source stands; UINT64_MAX: ask fdinfo. */
	uint64_t position;
};

/*
 * What has `call` of thread `tid`, in a ptrace stop, come to with `result`?
 * The thread stands still: nothing here waits, or costs more than a look at
 * what the call's arguments point at.
 */
struct transfer transfer_of(pid_t tid, const struct task_call *call,
			    int64_t result);

/* Would a stop now end `call`, in which a thread sleeps, early? */
bool transfer_may_be_cut(const struct task_call *call);

/*
 * May a call of kind TRANSFER_AGAIN be made again: is its descriptor such a
 * source?  The same: 2 to 5 us.
 */
bool transfer_may_repeat(pid_t tid, const struct task_call *call);

/*
 * Was it cut short: would it have gone on without the stop?  So it is with a
 * descriptor that waits.  Not while a thread is held: files are looked at.
 */
bool transfer_was_cut(pid_t tid, const struct task_call *call,
		      const struct transfer *transfer);

#endif
