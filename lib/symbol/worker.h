/* SPDX-License-Identifier: MIT */
/* The symbolizer process, from the inside. */
#ifndef CPROF_SYMBOL_WORKER_H
#define CPROF_SYMBOL_WORKER_H

#include <stdbool.h>
#include <sys/types.h>

struct worker_options {
	const char *debug_root;
	bool debuginfod;
	bool inlines;
};

/*
 * Right after fork(): keep `socket` and standard error, give up what else
 * came from `parent`, die with it, and be the first to go when memory is
 * short.
 */
void worker_confine(int socket, pid_t parent);

/* Answer questions until the other end is closed. */
void worker_run(int socket, const struct worker_options *options);

#endif
