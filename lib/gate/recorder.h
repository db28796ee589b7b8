/* SPDX-License-Identifier: MIT */
/*
 * A profile that grows run by run, as its owner wants: a process of its own
 * for each, so that two of them can take turns.
 */
#ifndef CPROF_GATE_RECORDER_H
#define CPROF_GATE_RECORDER_H

#include "gate/runner.h"
#include "record/control.h"

struct recorder_config {
	const struct recording *recording;	/* what and where */
	const struct runner_command *command;	/* argv is the recording's */
	const char *prepare;
	const char *input;
	bool show_output;
	uint64_t timeout_ns;	/* of a run; 0: none */
	bool ignore_failure;	/* a run that fails is not the last */
};

struct recorder;

/* Start the process; `config` is borrowed until this returns. */
int recorder_open(struct recorder **out, const struct recorder_config *config,
		  struct error *err);

/*
 * Keep a run that is over in the profile.  Failures are told by
 * recorder_finish().
 */
void recorder_keep(struct recorder *recorder, const struct plain_run *run,
		   const struct run_place *place);

/*
 * Run the command once, sampled, and wait for its end.  0 or -1; the
 * recording has ended then, and ERROR_TARGET says that the run failed, which
 * is in the profile nevertheless, or what prepares it.
 */
int recorder_run(struct recorder *recorder, const struct run_place *place,
		 struct error *err);

/* Was it what prepares a run that failed? */
bool recorder_prepare_failed(const struct recorder *recorder);

/*
 * Look up names and put the file in its place.  Returns 0 when it is there;
 * -1 when there is none, or not all of it.  Ends the recorder in any case.
 */
int recorder_finish(struct recorder *recorder, struct error *err);

#endif
