/* SPDX-License-Identifier: MIT */
/*
 * Runs commands and tells how long each took, from a small process of its
 * own: what a program inherits from its parent (memory until exec, signals,
 * descriptors) is the same for every run, and next to nothing.
 */
#ifndef CPROF_GATE_RUNNER_H
#define CPROF_GATE_RUNNER_H

#include "base/error.h"
#include "gate/words.h"
#include "model/run.h"

#include <stdbool.h>

enum {
	/* What fits into a struct error beside the rest. */
	RUNNER_ERRORS = 400
};

struct runner_command {
	const char *const *argv;	/* NULL-terminated */
	const char *const *env;		/* NAME=VALUE to set; NULL-terminated */
};

/* All of it is borrowed until runner_open() returns. */
struct runner_config {
	const struct runner_command *commands;
	size_t count;
	const char *prepare;	/* for sh -c, before each run; may be NULL */
	const char *input;	/* file for standard input; NULL: nothing */
	/* Else stdout goes to /dev/null, and the end of stderr is kept. */
	bool show_output;
	uint64_t timeout_ns;	/* of a run; 0: none */
};

struct runner_result {
	struct plain_run plain;
	bool timed_out;		/* and was killed, with its process group */
	int exec_errno;		/* not 0: it could not be executed */
	int prepare_status;	/* as from wait(2); not 0: it did not run */
	char errors[RUNNER_ERRORS];	/* the end of what it wrote to stderr */
	uint64_t errors_bytes;	/* and how much that was in all */
};

struct runner;

/*
 * Start the process.  Call early: what this process weighs now, the
 * commands weigh before they are executed.
 */
int runner_open(struct runner **out, const struct runner_config *config,
		struct error *err);

/* End the process, and a command that runs.  NULL is allowed. */
void runner_close(struct runner *runner);

/*
 * Run command number `command` to its end.  Returns 0 when it ran, well or
 * not; -1 when it could not be tried, or when the runner was killed.
 */
int runner_run(struct runner *runner, size_t command,
	       struct runner_result *result, struct error *err);

/* Did the run do what it should: exit with status 0, in time? */
bool runner_result_ok(const struct runner_result *result);

/* Of wait(2), not 0: "exit status 3", "killed by signal 9". */
void runner_explain_status(int status, struct error *err);

/* Say what was wrong with it: that, or why it did not run or end. */
void runner_result_explain(const struct runner_result *result,
			   struct error *err);

#endif
