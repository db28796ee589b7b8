/* SPDX-License-Identifier: MIT */
/* Ctrl-Z, fg and bg: cprof stops and continues with its program. */
#ifndef CPROF_RECORD_JOB_CONTROL_H
#define CPROF_RECORD_JOB_CONTROL_H

#include <sys/types.h>

/*
 * The program `pid`, a child, was stopped by `signal`, and its status has
 * been read.  Stop this process by the same signal, so that the shell sees
 * its job stopped; return when it was continued, by whoever: `fg`, a
 * SIGCONT to cprof alone (the program is continued then), or one to the
 * program alone.  `pidfd` is the program's, or -1.
 */
void job_control_mirror_stop(pid_t pid, int pidfd, int signal);

#endif
