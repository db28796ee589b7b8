/* SPDX-License-Identifier: MIT */
/*
 * How cprof (the program's parent and watchdog) and the sampler talk: a
 * socket pair for requests and answers, a shared page for what is looked
 * at often.  The sampler is forked by cprof, so both see the same config.
 */
#ifndef CPROF_RECORD_CONTROL_H
#define CPROF_RECORD_CONTROL_H

#include "base/error.h"
#include "format/writer.h"
#include "model/run.h"
#include "trace/tracer_signs.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

/* What to record; borrowed by both sides for the whole recording. */
struct recording {
	const char *path;		/* of the profile */
	enum profile_writer_mode mode;
	const char *const *argv;	/* the command, NULL-terminated */
	size_t argc;
	const pid_t *pids;		/* or the processes to attach to */
	size_t pid_count;
	/* When they were started, 0: not known; NULL: of none. */
	const uint64_t *pid_starts;
	bool children;			/* and those that they have by then */
	const char *name;
	const char *version;
	const char *const *regions;	/* patterns of functions */
	size_t region_count;
	const struct label *labels;
	size_t label_count;
	uint32_t rate_hz;
	uint32_t overhead_ppm;		/* of its CPU time; 0: no limit */
	uint8_t level;			/* enum run_level */
	bool follow;			/* child processes too */
	bool debuginfod;
};

enum control_type {
	/* cprof to sampler */
	CONTROL_RUN = 1,	/* pid: seize this child, it waits for exec */
	CONTROL_PLAIN,		/* plain: of a run that was not sampled */
	CONTROL_ATTACH,		/* seize recording.pids */
	CONTROL_STOP,		/* end the recording now, let all run on */
	CONTROL_FINISH,		/* no more runs: names, index, rename */
	CONTROL_DISCARD,	/* no program ever ran: leave no file, end */
	/* sampler to cprof */
	CONTROL_READY,		/* seized: the program may start */
	CONTROL_RUN_ENDED,	/* nothing is traced any more */
	CONTROL_DONE,		/* the file is in place; summary is filled */
	CONTROL_FAILED,		/* error is filled; the sampler ends */
	CONTROL_NOTICE,		/* error's text is to be told, no error */
};

struct recording_summary {
	uint64_t samples;
	uint64_t threads;
	uint64_t processes;
	uint64_t elapsed_ns;
	uint64_t cpu_ns;		/* of the program */
	uint64_t on_cpu_samples;
	uint64_t held_ns;
	uint64_t interrupt_ns;
	uint64_t own_cpu_ns;
	uint64_t cost_ns;		/* work lost, estimate */
	uint32_t overhead_ppm;		/* what was allowed; 0: no limit */
	uint64_t file_bytes;
	uint64_t symbols_lost;
	struct losses losses;
	/* Of the program, when it had ended: how many, and one of them. */
	uint32_t left_count;
	pid_t left_pid;
	uint64_t left_start;		/* see process_start_read() */
	char no_samples[200];		/* why, when there are none */
	char not_collected[400];	/* what, and why; or "" */
};

struct control_message {
	enum control_type type;
	pid_t pid;
	/*
	 * With what begins a run, and CONTROL_FINISH, of the sampled run
	 * before: what cprof, its parent, learnt from wait4(2).
	 */
	int32_t exit_status;		/* -1: not known (attached) */
	uint64_t max_rss_bytes;		/* 0: not known */
	struct run_place place;		/* of the run that begins */
	struct plain_run plain;
	struct error error;
	struct recording_summary summary;
};

/*
 * The two ends of a conversation, closed on exec.  Messages keep their
 * boundaries; one that does not fit the peer's buffer waits, or fails when
 * the descriptor is non-blocking.
 */
int control_pair(int ends[2], struct error *err);

/* Send or receive one message; -1 (ERROR_SYSTEM) when the peer is gone. */
int control_send(int fd, const struct control_message *message,
		 struct error *err);
/* Returns 1 with a message, 0 when the peer has closed, -1 on error. */
int control_receive(int fd, struct control_message *message,
		    struct error *err);

/* In memory shared by both. */
struct control_page {
	_Atomic uint64_t heartbeat_ns;	/* the sampler lived then (monotonic) */
	_Atomic uint64_t samples;
	_Atomic uint64_t threads;	/* traced now */
	_Atomic uint64_t processes;	/* traced now */
	_Atomic uint64_t lost;
	_Atomic uint64_t file_device;	/* of PATH.partial; 0: none yet */
	_Atomic uint64_t file_inode;
	_Atomic uint32_t finishing;	/* sampling is over, names are next */
	struct tracer_signs signs;	/* while it samples; large: last */
};

/*
 * The sampler's whole life, in its own process: answers the messages on
 * `fd` until CONTROL_FINISH (or the peer's end), writes the profile.
 * Returns the exit status of the process.
 */
int sampler_main(const struct recording *recording, int fd,
		 struct control_page *page);

#endif
