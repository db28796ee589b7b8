/* SPDX-License-Identifier: MIT */
/*
 * Samples.  A sample stands for an interval of one thread's time; the
 * intervals of a thread follow each other without gap or overlap.
 */
#ifndef CPROF_MODEL_SAMPLE_H
#define CPROF_MODEL_SAMPLE_H

#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

/* What a thread was doing when the tick came.  Values are stored in files. */
enum thread_state {
	STATE_RUNNING = 0,	/* on a CPU */
	STATE_RUNNABLE = 1,	/* waiting for a CPU */
	STATE_FUTEX = 2,	/* waiting: lock, condition, join */
	STATE_POLL = 3,		/* waiting: poll, select, epoll */
	STATE_SOCKET = 4,	/* waiting: recv, accept, connect, ... */
	STATE_PIPE = 5,		/* waiting: a pipe or FIFO */
	STATE_DISK = 6,		/* waiting: a file, or a page of one */
	STATE_SLEEP = 7,	/* waiting: nanosleep and its like */
	STATE_CHILD = 8,	/* waiting: wait4, waitid, vfork */
	STATE_TERMINAL = 9,	/* waiting: a terminal */
	STATE_SIGNAL = 10,	/* waiting: pause, sigsuspend, sigtimedwait */
	STATE_STOPPED = 11,	/* job control: SIGSTOP and its like */
	STATE_OTHER = 12,	/* waiting for something else */
	STATE_COUNT
};

/* "running", "runnable", "futex", ...; never NULL for a valid state. */
const char *thread_state_name(enum thread_state state);

/* What a person is told: "waiting for a lock (futex)", ... */
const char *thread_state_text(enum thread_state state);

/* As in a file: one interval inside a thread window. */
struct interval {
	uint64_t wall_ns;	/* its length */
	uint32_t stack;		/* stack_id */
	uint8_t state;		/* enum thread_state */
	uint8_t flags;		/* SAMPLE_... */
};

enum {
	SAMPLE_LATE = 1,	/* the stop came late, see sampling rules */
	SAMPLE_UNSTOPPED = 2,	/* read from a sleeping thread, not stopped */
	SAMPLE_PREEMPTED = 4,	/* runnable, and lost the CPU in user code */
	SAMPLE_MOVED = 8,	/* met a system call; has a stack near it */
};

VEC_DEFINE(interval_vec, struct interval);

/*
 * The intervals of one thread in a window of about one second.  `cpu_ns`
 * is the kernel's account of the thread's CPU time in the window.
 */
struct thread_window {
	uint32_t thread;	/* thread id, index of struct thread */
	uint64_t start_ns;	/* on the recording's clock */
	uint64_t cpu_ns;
	uint64_t runqueue_ns;	/* time spent runnable, kernel's account */
	const struct interval *intervals;
	size_t count;
};

/* A sample as analysis sees it. */
struct sample {
	uint64_t time_ns;	/* end of the interval, recording's clock */
	uint64_t length_ns;	/* of the interval */
	uint64_t wall_ns;	/* wall weight, see thread_window_samples() */
	uint64_t cpu_ns;	/* CPU weight; 0 unless it carries CPU time */
	uint32_t thread;
	uint32_t stack;
	uint32_t region;	/* region id, or ID_NONE; see profile.h */
	uint8_t state;
	uint8_t flags;
};

VEC_DEFINE(sample_vec, struct sample);

/*
 * Does this interval carry CPU time?  Those on a CPU do.  In a window that
 * has none of them (many threads, few CPUs) those that lost the CPU in the
 * middle of user code stand in: a time slice ends anywhere in the code.
 */
bool interval_carries_cpu(const struct interval *interval, bool any_running);

/* Is there an interval on a CPU?  The second argument of the above. */
bool intervals_any_running(const struct interval *intervals, size_t count);

/*
 * Add the samples of `window` to `out`.  The window's CPU time is divided
 * over the intervals that carry CPU time, to each the same, with cumulative
 * rounding, so that the parts sum to `cpu_ns` exactly; when there is none,
 * nobody gets it (writers add an interval of SPECIAL_BETWEEN_SAMPLES).  Wall
 * time on a CPU is divided in the same way, other wall time in proportion to
 * the intervals' lengths.
 */
void thread_window_samples(const struct thread_window *window,
			   struct sample_vec *out);

#endif
