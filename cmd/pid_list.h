/* SPDX-License-Identifier: MIT */
/* Process ids as users, pidof(1) and pgrep(1) write them. */
#ifndef CPROF_CMD_PID_LIST_H
#define CPROF_CMD_PID_LIST_H

#include "base/error.h"
#include "proc/process.h"

/*
 * Add the ids in `list` to `pids`.  They are separated by commas, blanks or
 * lines.  Returns 0, or -1 with ERROR_USAGE; some may have been added then.
 */
int pid_list_parse(const char *list, struct pid_vec *pids, struct error *err);

#endif
