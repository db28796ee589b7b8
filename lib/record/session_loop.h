/* SPDX-License-Identifier: MIT */
/* The events of a session; for session.c only. */
#ifndef CPROF_RECORD_SESSION_LOOP_H
#define CPROF_RECORD_SESSION_LOOP_H

#include "record/launcher.h"
#include "record/priority.h"
#include "record/session.h"
#include "record/signals.h"
#include "record/watchdog.h"

struct session {
	const struct session_options *options;
	struct session_result *result;
	struct signal_guard signals;
	struct control_page *page;
	struct sampler_process sampler;	/* fd -1: it is gone */
	struct program program;

	/* What the program's process has told, this run. */
	bool prepared;
	bool exec_known;
	/* What the sampler has told. */
	bool ready;			/* this run */
	bool run_ended;			/* this run */
	bool done;
	/* Of the sampled run before; see struct control_message. */
	int32_t last_status;
	uint64_t last_rss_bytes;
	struct session_run run;		/* this one */
	struct plain_run plain;		/* what came of it */
	off_t stdin_offset;		/* where it began; -1: no file */
	uint64_t floor_bytes;		/* see record/plain.h */
	struct error failure;		/* why it gave up; kind NONE: not */
	bool failure_told;

	bool stop_sent;			/* this run */
	bool finish_sent;
	bool end_asked;			/* by a signal: no more runs */
	unsigned int interrupts;	/* in this phase */
	uint64_t start_ns;		/* when the recording began */
	uint64_t zombie_since_ns;	/* the program ended, not reaped */
	struct watchdog watchdog;
	struct priority priority;	/* our own, while we do not watch */
	bool goes_first;
	uint64_t progress_ns;		/* when it was last told */
};

/* 0 or -1; ends with session_close() in both cases. */
int session_open(struct session *session, const struct session_options *options,
		 struct session_result *result, struct error *err);
void session_close(struct session *session);

/*
 * Wait for events until `until_ns` (clock_monotonic_ns(); UINT64_MAX: as
 * long as it takes) and deal with those that came.
 */
void session_step(struct session *session, uint64_t until_ns);

/*
 * While the sampler may hold threads, the watchdog is in time on a full
 * machine, too, if it may.  Nothing is to be started between the two.
 */
void session_watch_begin(struct session *session);
void session_watch_end(struct session *session);

/* Ask the sampler; a message that cannot be sent means that it is gone. */
void session_ask(struct session *session, enum control_type type, pid_t pid);

/* Has the sampler gone, or said that it will? */
bool session_sampler_lost(const struct session *session);

/* Tell the failure, if nobody did. */
void session_tell_failure(struct session *session, const char *addition);

/* End a sampler that does not answer, and say so. */
void session_abandon_sampler(struct session *session, const char *why);

/* From its fork until it was reaped. */
bool session_program_lives(const struct session *session);

/* A line for the user, beside the status line. */
void session_notice(const struct session *session, const char *fmt, ...)
	PRINTF_LIKE(2, 3);

#endif
