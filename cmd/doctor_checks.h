/* SPDX-License-Identifier: MIT */
/* What `cprof doctor` looks at. */
#ifndef CPROF_CMD_DOCTOR_CHECKS_H
#define CPROF_CMD_DOCTOR_CHECKS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

#include <stdbool.h>
#include <sys/types.h>

enum check_status {
	CHECK_OK,
	CHECK_NOTE,		/* works, but something is less than it could */
	CHECK_FAILED,
};

struct check {
	const char *name;
	enum check_status status;
	const char *text;
};

VEC_DEFINE(check_vec, struct check);

struct diagnosis {
	struct arena arena;	/* holds the texts */
	struct check_vec checks;
	bool can_launch;
	bool can_attach;
};

#define DIAGNOSIS_INIT { .arena = ARENA_INIT, .checks = VEC_INIT }

/* Try tracing and look at the machine. */
int diagnosis_of_machine(struct diagnosis *diagnosis, struct error *err);

/*
 * Look at one process.  `can_attach` is the answer; -1 (ERROR_NOT_FOUND)
 * when there is no such process.
 */
int diagnosis_of_process(struct diagnosis *diagnosis, pid_t pid,
			 struct error *err);

void diagnosis_release(struct diagnosis *diagnosis);

#endif
