/* SPDX-License-Identifier: MIT */
/*
 * The sampler's side of <cprof.h>: finds the marks of the processes, keeps
 * them switched on, and turns what they say into regions in the sink.
 */
#ifndef CPROF_RECORD_REGIONS_H
#define CPROF_RECORD_REGIONS_H

#include "model/sink.h"

#include <stdbool.h>
#include <sys/types.h>

struct sampler;
struct process_record;
struct thread_record;
struct process_marks;		/* of one process */

/* What the sampler keeps for it; zeros at first. */
struct regions {
	uint32_t count;		/* of regions defined: the next id */
	uint64_t next_ns;	/* monotonic: regions_serve() is due */
	uint64_t interval_ns;
	uint64_t look_ns;	/* monotonic: of collectors, not before */
	bool used;		/* somebody marks some, or may soon */
	bool boundary;		/* a call that lasted has ended */
	struct region_call_vec calls;	/* scratch */
};

void regions_release(struct regions *regions);

/*
 * The process of `pid` stands still before the first instruction of a new
 * program: when that has marks, switch them on.  The caller hands the result
 * to the process that this becomes; NULL: no marks.
 */
struct process_marks *regions_exec(struct sampler *sampler, pid_t pid);

/* Of a process that never was; NULL is allowed. */
void regions_marks_free(struct process_marks *marks);

/* What is in the process's memory now is another program. */
void regions_leave(struct sampler *sampler, struct process_record *process);

/*
 * A process appears: after exec with `marks`, of which it takes possession;
 * or forked by `maker`; or it was there (both NULL).
 */
void regions_process_begin(struct sampler *sampler,
			   struct process_record *process,
			   struct process_marks *marks,
			   const struct process_record *maker);

/* It was there before us: it may mark something at any moment. */
void regions_attach(struct sampler *sampler, struct process_record *process);

/* Read what there is to read; the thread or process is about to be gone. */
void regions_thread_end(struct sampler *sampler, struct thread_record *thread);
void regions_process_end(struct sampler *sampler,
			 struct process_record *process);

/* A thread stands still at its exit: memory can be read for the last time. */
void regions_exiting(struct sampler *sampler, struct thread_record *thread);

/* Drain, renew, look for new ones; when it is due, see `next_ns`. */
void regions_serve(struct sampler *sampler);

/* The recording ends, the processes go on: switch all off. */
void regions_stop(struct sampler *sampler);

/* The sums so far, so that they survive a kill; once a window. */
void regions_flush(struct sampler *sampler);

#endif
