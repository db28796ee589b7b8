/* SPDX-License-Identifier: MIT */
/*
 * The signals of cprof itself while a program runs.  They are blocked and
 * read from a descriptor; no handler is installed, so that the program
 * gets exactly the mask and the dispositions that cprof was started with.
 */
#ifndef CPROF_RECORD_SIGNALS_H
#define CPROF_RECORD_SIGNALS_H

#include "base/error.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/signalfd.h>

struct signal_guard {
	int fd;			/* of signalfd(2), non-blocking */
	uint64_t inherited;	/* the mask; bit n is signal n + 1 */
	uint64_t ignored;	/* the signals that were ignored */
};

#define SIGNAL_GUARD_INIT { .fd = -1 }

/* What a signal that came to cprof asks for. */
enum signal_request {
	SIGNAL_NOTHING,		/* or the program got it itself */
	SIGNAL_CHILDREN,	/* a child changed state */
	SIGNAL_INTERRUPT,	/* Ctrl-C, Ctrl-\ */
	SIGNAL_SUSPEND,		/* kill -TSTP; not Ctrl-Z */
	SIGNAL_PASS_ON,		/* meant for whoever cprof stands for */
};

/* Block what can be blocked, remember what was.  0 or -1. */
int signal_guard_open(struct signal_guard *guard, struct error *err);

/* Give this process back what signal_guard_open() found. */
void signal_guard_restore(const struct signal_guard *guard);

/*
 * Close the descriptor.  The signals stay blocked: one that came in the
 * last moment must not change the exit status.
 */
void signal_guard_close(struct signal_guard *guard);

/* The next signal that waits: true, or false when there is none. */
bool signal_guard_next(const struct signal_guard *guard,
		       struct signalfd_siginfo *info);

/*
 * What `info` asks for when cprof stands for a program in its own process
 * group.  A terminal sends its signals to the whole group, so they are not
 * passed on; a signal that somebody sent to cprof is.
 */
enum signal_request signal_request_launch(const struct signalfd_siginfo *info);

/* The same when cprof is attached: SIGNAL_INTERRUPT ends the recording. */
enum signal_request signal_request_attach(const struct signal_guard *guard,
					  const struct signalfd_siginfo *info);

/* Send what came to `pid`, with its value if it has one. */
void signal_pass_on(pid_t pid, const struct signalfd_siginfo *info);

/*
 * Let `signal`, a stop signal, stop this process as it would if it had not
 * been blocked.  Returns true when it did and the process was continued.
 */
bool signal_stop_self(int signal);

/*
 * End this process by `signal`, without a core file.  Returns when it is
 * none that ends a process.
 */
void signal_die(int signal);

#endif
