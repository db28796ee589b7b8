/* SPDX-License-Identifier: MIT */
/*
 * The live engine's grip on the traced threads: seizing them, asking them
 * to stop for a moment, serving their stops as they come, seeing them
 * start, exec and end.
 *
 * Everything here must be called from one thread, the tracer: the kernel
 * ties tracees to it.  When that thread ends, the kernel lets all of them
 * go without a stop; that is how a recording lets go.  SIGCHLD must be
 * blocked in every thread of the process.
 */
#ifndef CPROF_TRACE_TRACER_H
#define CPROF_TRACE_TRACER_H

#include "base/error.h"
#include "proc/task.h"
#include "trace/capture.h"
#include "trace/ignored.h"
#include "trace/repeat.h"
#include "trace/tracer_signs.h"

#include <stdbool.h>
#include <sys/types.h>

struct tracee {
	pid_t pid;
	pid_t tid;
	void *owner;		/* the caller's */
	struct task_files files;
	struct stack_reach reach;	/* how much to copy; the caller's */
	bool started;		/* its first stop, if any, is over */
	bool stopped_by_job;	/* SIGSTOP and its like: do not disturb */
	bool interrupted;	/* asked to stop, has not yet */
	bool watch_exit;	/* to be asked for at its next stop */
	uint64_t interrupted_ns;
	/*
	 * When it went on after a stop that we did not ask for, and its run
	 * count then: while that is the same, it has not run since.
	 */
	uint64_t resumed_ns;
	uint64_t resumed_slices;
	struct ignored_call ignored;
	struct repeat repeat;
};

/*
 * A stop that we asked for, the thread runs again when this is handed out;
 * or one of job control, and it stays stopped.
 */
struct stop {
	struct tracee *tracee;
	bool by_job;
	enum capture_result result;
	struct capture capture;
	struct task_account account;	/* exact: read while stopped */
	bool account_known;
	uint64_t asked_ns;	/* monotonic: when it was interrupted */
	uint64_t seen_ns;	/* when we saw the stop */
	uint64_t resumed_ns;	/* when it could go on */
	bool seen_awake;	/* we did not sleep until it came */
};

struct tracer_ops {
	/* A new thread; `parent` is the process that made it, 0: unknown. */
	void (*started)(void *context, struct tracee *tracee, pid_t parent);
	void (*stopped)(void *context, const struct stop *stop);
	/*
	 * `tracee` (its pid and tid are the same now) runs another program.
	 * All other threads of the process were handed to `ended` before.
	 */
	void (*execed)(void *context, struct tracee *tracee);
	/*
	 * It ends, and stands still for the last time: its memory can be
	 * read.  Only of processes whose exits are watched; may be NULL.
	 */
	void (*exiting)(void *context, const struct tracee *tracee);
	/* The same before that, while it stands still; may be NULL. */
	void (*execing)(void *context, const struct tracee *tracee);
	/*
	 * The thread is dead and not yet reaped: its accounts can be read.
	 * `status` is as from wait(2), -1 when not known.
	 */
	void (*ended)(void *context, struct tracee *tracee, int status);
	/*
	 * A call that was made again has ended, with this account: the thread
	 * lost that much CPU time by what it had done of it before.
	 */
	void (*repeated)(void *context, const struct tracee *tracee,
			 const struct task_account *account,
			 uint64_t lost_ns);
	/* The tracer slept, and that took so much CPU time; may be NULL. */
	void (*slept)(void *context, uint64_t cpu_ns);
};

struct tracer_stats {
	uint64_t stops;		/* that we asked for and saw */
	uint64_t others;	/* of the program's own making */
	uint64_t held_ns;	/* sum of seen to resumed */
	uint64_t interrupt_ns;	/* sum of asked to resumed */
	uint64_t dropped;	/* stops that could not be kept */
	uint64_t restarted;	/* EINTRs taken back */
	uint64_t not_seized;	/* threads that could not be seized */
};

struct tracer;

/* `ops` and `context` are borrowed; `follow`: child processes too. */
struct tracer *tracer_new(const struct tracer_ops *ops, void *context,
			  bool follow);
/*
 * Keep `signs` up to date, for a watchdog, until tracer_free().  Borrowed;
 * called by the tracer thread, before anything is seized.
 */
void tracer_show_signs(struct tracer *tracer, struct tracer_signs *signs);

/* Call it when the tracer thread's work is over.  NULL is allowed. */
void tracer_free(struct tracer *tracer);

/*
 * Seize all threads of process `pid`.  `start_ticks`: when the process that
 * is meant was started (see process_start_read()), 0: whichever has the id
 * now.  On failure the error says why and what to do (see proc/diagnose.h);
 * some threads may be traced then, until the tracer thread ends.
 */
int tracer_seize(struct tracer *tracer, pid_t pid, uint64_t start_ticks,
		 struct error *err);

/*
 * Watch the exits of process `pid`: each of its threads is asked at its next
 * stop, and those that they make do it from the start.
 */
void tracer_watch_exits(struct tracer *tracer, pid_t pid);

/* The same for one that stands still right now (in `execing`), on or off. */
void tracer_watch_exit_of(struct tracer *tracer, const struct tracee *tracee,
			  bool watch);

/* The thread with this id, or NULL. */
const struct tracee *tracer_find(const struct tracer *tracer, pid_t tid);

/* Ask for a stop; false when the thread is not to be disturbed now. */
bool tracer_interrupt(struct tracer *tracer, struct tracee *tracee);

/*
 * May the tracer use a CPU for some ten microseconds to wait for a stop that
 * it asks for (see close_look.h)?  Not at first.
 */
void tracer_look_closely(struct tracer *tracer, bool allowed);

/*
 * Serve what happens until `until_ns` (monotonic), or until `wake` comes
 * (see tracer_wake_signal()), or a thread that is new, or a process's last:
 * then it is true, and the caller sees what has changed.  Stops are served
 * before anything else, and handed out when no thread stands still any more.
 */
bool tracer_serve(struct tracer *tracer, uint64_t until_ns);

/* The same, without waiting for anything. */
void tracer_serve_pending(struct tracer *tracer);

/*
 * The same if there is any sign of something to serve: to look for it takes
 * the kernel through all threads, twice.
 */
void tracer_serve_signalled(struct tracer *tracer);

/*
 * The monotonic time since which the tracer has been at work without
 * waiting: threads of a shared CPU may wait for us since then.
 */
uint64_t tracer_busy_since(const struct tracer *tracer);

/* Look for threads that were not announced to us (CLONE_UNTRACED). */
void tracer_rescan(struct tracer *tracer, pid_t pid);

/*
 * No more interrupts; wait for those on the way, `deadline_ns` at most, and
 * shortly for children that were announced.
 */
void tracer_quiesce(struct tracer *tracer, uint64_t deadline_ns);

size_t tracer_count(const struct tracer *tracer);
struct tracee *tracer_get(const struct tracer *tracer, size_t index);
const struct tracer_stats *tracer_stats(const struct tracer *tracer);

/* Sent to the tracer thread with pthread_kill(), it ends tracer_serve(). */
int tracer_wake_signal(void);

#endif
