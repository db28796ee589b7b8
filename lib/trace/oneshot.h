/* SPDX-License-Identifier: MIT */
/* Stopping a thread once, for a look at it. */
#ifndef CPROF_TRACE_ONESHOT_H
#define CPROF_TRACE_ONESHOT_H

#include "base/error.h"
#include "trace/capture.h"

#include <stdint.h>

enum oneshot_result {
	ONESHOT_DONE,		/* see capture */
	ONESHOT_STACK_UNREADABLE,	/* registers only */
	ONESHOT_GONE,		/* the thread has ended */
	ONESHOT_LATE,		/* it did not stop in time: state D, vfork */
	ONESHOT_REFUSED,	/* `*errnum` says why */
	ONESHOT_FOREIGN,	/* not a 64-bit x86 thread */
};

/*
 * Seize the thread `tid` of process `pid`, stop it, copy its registers and
 * its stack up to `reach`, and let it go.  Whatever happens, the thread is
 * free when this returns, at most about `timeout_ns` later: all calls are
 * made by a helper thread, and when that ends the kernel lets its tracees
 * go.
 */
enum oneshot_result oneshot_capture(struct capture *capture, pid_t pid,
				    pid_t tid,
				    const struct stack_reach *reach,
				    uint64_t timeout_ns, int *errnum);

#endif
