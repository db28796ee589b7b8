/* SPDX-License-Identifier: MIT */
/*
 * A recording as cprof's own process lives it: it starts the sampler and
 * the program, waits for both, and passes signals on.
 */
#ifndef CPROF_RECORD_SESSION_H
#define CPROF_RECORD_SESSION_H

#include "base/error.h"
#include "record/control.h"

#include <stdbool.h>
#include <stdint.h>

struct session_progress {
	const struct control_page *page;
	uint64_t elapsed_ns;		/* since the first release or seize */
	bool finishing;			/* sampling is over, names are next */
};

/* Who wants to know; each may be NULL. */
struct session_watch {
	/* A few times a second. */
	void (*progress)(const struct session_progress *now, void *arg);
	/* cprof is about to be stopped, or the progress is over. */
	void (*clear)(void *arg);
	/* Something to tell at once; one line without its end. */
	void (*notice)(const char *text, void *arg);
	void *arg;
};

/* One run of the command. */
struct session_run {
	enum run_kind kind;
	bool last;			/* no other will be asked for */
	struct run_place place;
	/* A plain run that is over, to be kept in the file; NULL: run it. */
	const struct plain_run *measured;
};

struct session_options {
	const struct recording *recording;
	/* What to run next; false: nothing more.  NULL: one sampled run. */
	bool (*next)(struct session_run *run, void *arg);
	void *next_arg;
	bool ignore_status;		/* a run that fails is not the last */
	/*
	 * Without memory for anything else, wait for the program, and end
	 * with its status (see mem_set_last_resort()).
	 */
	bool outlive;
	uint64_t limit_ns;		/* a longer run is killed; 0: none */
	uint64_t duration_ns;		/* of each recording; 0: to the end */
	struct session_watch watch;
};

struct session_result {
	bool started;			/* the program ran */
	bool recorded;			/* the file is in place */
	int exec_errno;			/* not 0: it could not be executed */
	bool timed_out;			/* the last run, and was killed */
	int status;			/* of the last run, as from wait(2) */
	uint32_t runs;			/* that ended, sampled */
	uint32_t plain_runs;		/* and not sampled */
	struct recording_summary summary;	/* when recorded */
};

/*
 * The exit status that passes on what became of the program, as the shells
 * and env(1) do; it does not return when a signal killed the program.
 */
int session_pass_status(const struct session_result *result);

/*
 * Run recording.argv as often as options.next wants, or until a run fails.
 * Nothing of this program may be needed on standard output after the last
 * run has begun: it is the program's.  Returns 0 when the
 * program started or exec failed (result says which); a recording that
 * fails later is told as a notice.  Returns -1 when no recording was
 * possible; the program did not start then.
 */
int session_launch(const struct session_options *options,
		   struct session_result *result, struct error *err);

/*
 * Attach to recording.pids until they end, the time is over, or a signal
 * asks for the end.  Returns 0 when the file is in place, else -1.
 */
int session_attach(const struct session_options *options,
		   struct session_result *result, struct error *err);

#endif
