/* SPDX-License-Identifier: MIT */
/*
 * Calls whose time-out the kernel forgets when they are started again: a
 * sleeper that is woken up by us would wait for all of it once more.
 */
#ifndef CPROF_TRACE_TIME_OUT_H
#define CPROF_TRACE_TIME_OUT_H

#include "proc/task.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * How long `call`, in which a thread of process `pid` is, waits at the most;
 * TIME_OUT_NONE: for ever; TIME_OUT_SOME: there is an end to it.  0: that
 * cannot be told.
 */
#define TIME_OUT_NONE UINT64_MAX
#define TIME_OUT_SOME (UINT64_MAX - 1)
uint64_t time_out_ns(pid_t pid, const struct task_call *call);

/*
 * Is `call`, in which a thread of process `pid` sleeps, one of them, and is
 * there an end to its wait?  False also where that cannot be told.
 */
bool time_out_begins_anew(pid_t pid, const struct task_call *call);

#endif
