/* SPDX-License-Identifier: MIT */
/* The process behind a runner; for runner.c only. */
#ifndef CPROF_GATE_SPAWNER_H
#define CPROF_GATE_SPAWNER_H

#include "gate/runner.h"

struct spawner_answer {
	struct runner_result result;
	struct error err;	/* not ERROR_NONE: it could not be tried */
};

/*
 * Answer requests (the number of a command, uint32_t) on `fd` until its
 * other end closes.  Returns the exit status of the process.
 */
int spawner_main(const struct runner_config *config, int fd);

#endif
