/* SPDX-License-Identifier: MIT */
/* Copying registers and stack of a thread: stopped, or asleep. */
#ifndef CPROF_TRACE_CAPTURE_H
#define CPROF_TRACE_CAPTURE_H

#include "model/snapshot.h"
#include "proc/task.h"
#include "trace/transfer.h"

#include <stdbool.h>
#include <sys/types.h>

enum capture_result {
	CAPTURE_FULL,		/* registers and stack */
	CAPTURE_REGS_ONLY,	/* the stack was not readable */
	CAPTURE_GONE,		/* the thread is dying */
	CAPTURE_FOREIGN,	/* not a 64-bit x86 thread */
};

struct capture {
	struct snapshot snap;
	bool in_call;		/* stopped on the way out of a system call */
	/*
	 * It slept in that call: the stop woke it up.  `call` is filled, but
	 * for the sp and pc that /proc would give.
	 */
	bool was_asleep;
	struct task_call call;
	int64_t result;		/* of the call, when it has returned */
	bool restarted;		/* an EINTR of our making was taken back */
	/* Where the stop ended it early, for all that is known at once, ... */
	struct transfer transfer;
	bool repeated;		/* ... and is made again from its begin */
	/* What the call says in the end is to be seen, and mended. */
	bool follow;
};

/* How much of a stack to copy. */
struct stack_reach {
	/*
	 * Where the thread's outermost frame was seen to end, 0: not known.
	 * It does not move: all from sp to there is enough, whatever the
	 * thread is in the middle of.
	 */
	uint64_t top;
	size_t bytes;		/* when `top` is not known or far away */
	/*
	 * What signal handlers return to, 0: none was seen.  With it, a
	 * handler's frame is found in the copy, and with that the stack that
	 * it interrupted, if that is another one.
	 */
	uint64_t restorer;
};

/*
 * Copy the registers and the stack up to `reach` (SNAPSHOT_STACK_MAX at the
 * most) of the thread `tid` of process `pid`, which is in a ptrace stop.
 * `ours`: we caused it; then an EINTR that it would make visible is taken
 * back, and so is a short count where the call can be made again.
 * The thread stands still while this runs: no allocation, no message.
 */
enum capture_result capture_stopped(struct capture *capture, pid_t pid,
				    pid_t tid,
				    const struct stack_reach *reach,
				    bool ours);

/*
 * The same for thread `tid` that sleeps in `call`, without stopping it: sp,
 * pc and the call's arguments are known.  The caller checks that it did not
 * run meanwhile.
 */
enum capture_result capture_sleeping(struct capture *capture, pid_t tid,
				     const struct task_call *call,
				     const struct stack_reach *reach);

/*
 * A call that was followed has ended, and the thread is in the stop behind it:
 * it shall say what it would have said the first time.
 */
void capture_mend_end(pid_t tid);

#endif
