/* SPDX-License-Identifier: MIT */
/*
 * cprof's two kinds of children: the sampler, and the program.  The program
 * must not be able to tell that cprof started it.
 */
#ifndef CPROF_RECORD_LAUNCHER_H
#define CPROF_RECORD_LAUNCHER_H

#include "base/error.h"
#include "record/control.h"
#include "record/signals.h"

struct sampler_process {
	pid_t pid;		/* 0: none, or reaped */
	int fd;			/* cprof's end of the conversation */
};

/*
 * Fork the sampler: in its own process group, out of reach of the
 * terminal, without the descriptors that cprof inherited (a pipe that it
 * held open would never end for its reader), all signals blocked.
 */
int sampler_process_fork(struct sampler_process *sampler,
			 const struct recording *recording,
			 struct control_page *page, struct error *err);

struct program {
	pid_t pid;		/* 0: none, or reaped */
	int pidfd;		/* readable at the end; -1: not to be had */
	int release_fd;		/* close or write: end or begin; -1: done */
	int exec_fd;		/* what exec came to; -1: known */
};

#define PROGRAM_INIT { .pidfd = -1, .release_fd = -1, .exec_fd = -1 }

enum program_news {
	PROGRAM_NO_NEWS,
	PROGRAM_PREPARED,	/* may be seized now */
	PROGRAM_EXECUTES,	/* exec has succeeded, or the process ended */
	PROGRAM_EXEC_FAILED,	/* errno is what exec said */
};

/*
 * Fork the process of the program; it waits for program_release() before
 * it executes `argv`.  `tracer` may trace it where Yama restricts that.
 */
int program_fork(struct program *program, const char *const *argv,
		 pid_t tracer, const struct signal_guard *signals,
		 struct error *err);

/* Let it execute its program. */
int program_release(struct program *program, struct error *err);

/* What `exec_fd` has to say; call when it is readable. */
enum program_news program_read_news(struct program *program);

/* Close the descriptors; a program not yet released ends by itself. */
void program_close(struct program *program);

/*
 * Let go of standard input and output and of all that was inherited beyond
 * standard error: who is at the other end must see the program's end.
 */
void launcher_drop_inherited(void);

#endif
