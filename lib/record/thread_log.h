/* SPDX-License-Identifier: MIT */
/*
 * The intervals of one thread: every nanosecond from its start to its end
 * belongs to exactly one of them, and the CPU time of each window, and the
 * time that it waited for a CPU, are the kernel's account.  This is where
 * the weights come from.
 */
#ifndef CPROF_RECORD_THREAD_LOG_H
#define CPROF_RECORD_THREAD_LOG_H

#include "model/sample.h"
#include "model/sink.h"
#include "proc/task.h"

#include <stdbool.h>

struct thread_log {
	uint32_t thread;
	uint64_t covered_ns;	/* end of the last interval */
	uint64_t start_ns;	/* of this window */
	struct task_account start;	/* at the start of this window */
	struct task_account now;	/* the latest that was read */
	struct task_account first;	/* when the recording began */
	struct interval_vec intervals;
};

/*
 * Begin at `now_ns` (recording's clock).  `account` is what the thread had
 * used before: not ours.
 */
void thread_log_init(struct thread_log *log, uint32_t thread, uint64_t now_ns,
		     const struct task_account *account);
void thread_log_release(struct thread_log *log);

/* A newer account; older ones (a late stop) are ignored. */
void thread_log_account(struct thread_log *log,
			const struct task_account *account);

/*
 * From the end of the last interval until `until_ns` the thread was in
 * `state` with `stack`.  A wait that goes on makes its interval longer;
 * each look at a running thread is an interval of its own.  Flags are those
 * of a sample, and those of call_skid.h.
 */
void thread_log_add(struct thread_log *log, uint64_t until_ns,
		    enum thread_state state, uint32_t stack, uint8_t flags);

/* The last interval goes on until then; there must be one. */
void thread_log_extend(struct thread_log *log, uint64_t until_ns);

/*
 * The thread slept at the last look, which was long ago, and woke up
 * `awake_ns` before `until_ns`: the time before that belongs to the sleep.
 */
void thread_log_woke(struct thread_log *log, uint64_t until_ns,
		     uint64_t awake_ns);

/*
 * Hand the window to `sink`, less the looks that came too late, and begin the
 * next.  CPU time that no interval
 * can carry goes to one with the stack `between`.  Returns how many of the
 * window's intervals are samples: somebody looked.
 */
size_t thread_log_flush(struct thread_log *log, struct sample_sink *sink,
			uint32_t between);

/* CPU and run-queue time since the recording of the thread began. */
uint64_t thread_log_cpu_ns(const struct thread_log *log);
uint64_t thread_log_runqueue_ns(const struct thread_log *log);

#endif
