/* SPDX-License-Identifier: MIT */
/* Is tracing possible here?  Found out by doing it, on a child of ours. */
#ifndef CPROF_TRACE_PROBE_H
#define CPROF_TRACE_PROBE_H

#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

/* In the order in which they are tried. */
enum probe_step {
	PROBE_SEIZE,		/* PTRACE_SEIZE */
	PROBE_STOP,		/* PTRACE_INTERRUPT, and the stop comes */
	PROBE_REGISTERS,	/* PTRACE_GETREGSET */
	PROBE_MEMORY,		/* process_vm_readv(2) */
	PROBE_RESUME,		/* PTRACE_CONT */
	PROBE_SYSCALL,		/* /proc/PID/syscall tells sp and pc */
	PROBE_ACCOUNT,		/* /proc/PID/schedstat has three numbers */
	PROBE_STEPS
};

enum { PROBE_NOT_TRIED = -1 };

struct probe {
	int error[PROBE_STEPS];	/* errno, 0: works, or PROBE_NOT_TRIED */
};

/* "seize", "stop", ... and what the step is good for. */
const char *probe_step_name(enum probe_step step);
const char *probe_step_purpose(enum probe_step step);

/*
 * Start a child that sleeps and trace it.  With `orphan` it is no
 * descendant of ours, as a process that one attaches to.  Steps that need
 * a failed one are not tried.  -1 (ERROR_SYSTEM): there is no child.
 */
int probe_child(struct probe *probe, bool orphan, struct error *err);

/*
 * Seize `pid` for a moment, without stopping it.  Returns 0 or an errno.
 */
int probe_process(pid_t pid);

#endif
