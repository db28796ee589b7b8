/* SPDX-License-Identifier: MIT */
/* What a blocked thread waits for, told from its system call. */
#ifndef CPROF_TRACE_WAIT_REASON_H
#define CPROF_TRACE_WAIT_REASON_H

#include "model/sample.h"
#include "proc/task.h"

#include <sys/types.h>

enum thread_state wait_reason(pid_t pid, const struct task_call *call);

#endif
