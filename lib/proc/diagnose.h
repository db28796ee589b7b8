/* SPDX-License-Identifier: MIT */
/* Why a process cannot be traced, and what to do about it. */
#ifndef CPROF_PROC_DIAGNOSE_H
#define CPROF_PROC_DIAGNOSE_H

#include "base/error.h"
#include "proc/facts.h"

/*
 * Tracing `pid` failed with `failed_errno` (of ptrace(2), of
 * process_vm_readv(2), or of opening a file of /proc/PID): say why.  Reads
 * /proc now, so call it at once.  Returns -1 with
 *
 *   ERROR_NOT_FOUND  there is no such process, or it has exited
 *   ERROR_SYSTEM     it is there, but not for us
 */
int proc_diagnose_trace(pid_t pid, int failed_errno, struct error *err);

/* The same from facts that were read before. */
int diagnose_facts(const struct tracer_facts *tracer,
		   const struct target_facts *target, int failed_errno,
		   struct error *err);

#endif
