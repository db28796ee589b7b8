/* SPDX-License-Identifier: MIT */
/*
 * Calls whose time-out the kernel forgets when they are started again: a
 * sleeper that is woken up by us would wait for all of it once more.
 */
#ifndef CPROF_TRACE_TIME_OUT_H
#define CPROF_TRACE_TIME_OUT_H

#include "proc/task.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * Is `call`, in which a thread of process `pid` sleeps, one of them, and is
 * there an end to its wait?  False also where that cannot be told.
 */
bool time_out_begins_anew(pid_t pid, const struct task_call *call);

#endif
