/* SPDX-License-Identifier: MIT */
/* A process of our own that does as it is asked through a socket. */
#ifndef CPROF_GATE_HELPER_H
#define CPROF_GATE_HELPER_H

#include "base/error.h"

#include <sys/types.h>

struct helper {
	pid_t pid;
	int fd;			/* messages to it and from it */
};

/* What it does: its exit status. */
typedef int helper_main(const void *config, int fd);

/*
 * Start a process that runs `main` with its end of the socket; 0 or -1
 * (ERROR_SYSTEM).  It is a fork: `config` is as it is now, for ever.
 */
int helper_open(struct helper *out, helper_main *main, const void *config,
		struct error *err);

/* It sees the end of its socket, and its own end is waited for. */
void helper_close(struct helper *helper);

#endif
