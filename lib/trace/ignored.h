/* SPDX-License-Identifier: MIT */
/*
 * Signals that a program ignores: SIGCHLD of most.  The kernel tells nobody of
 * them who is not traced.  A traced thread wakes up and stops, and some calls
 * (epoll_wait, sigtimedwait, ...) would answer that with EINTR.
 */
#ifndef CPROF_TRACE_IGNORED_H
#define CPROF_TRACE_IGNORED_H

#include "proc/task.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A call of a thread that has been started again for this, once or more. */
struct ignored_call {
	uint64_t since_ns;	/* monotonic; it had begun then */
	uint64_t slices;	/* run count at the last time; 0: none */
};

/*
 * Thread `tid` of process `pid` stands still as signal `sig` is on its way.
 * Where it would see EINTR of an ignored one, it will not: the call is made
 * again, or ends as at its time-out where that is over by now.  True when that
 * was so.
 */
bool ignored_hide(struct ignored_call *call, const struct task_files *files,
		  pid_t pid, pid_t tid, int sig, uint64_t now_ns);

/* It stands still for another reason: that is a slice more. */
void ignored_other_stop(struct ignored_call *call);

#endif
