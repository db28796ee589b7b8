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
 * A helper_main; `config` is a struct runner_config.  Answers requests (the
 * number of a command, uint32_t) until the other end of `fd` closes.
 */
int spawner_main(const void *config, int fd);

#endif
