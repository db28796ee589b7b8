/* SPDX-License-Identifier: MIT */
/* What regions.c (where marks are) and regions_drain.c (what they say) need. */
#ifndef CPROF_RECORD_REGIONS_STATE_H
#define CPROF_RECORD_REGIONS_STATE_H

#include "base/map64.h"
#include "elf/image.h"
#include "markers/pool.h"
#include "record/sampler.h"

enum {
	POOLS_MAX = 16		/* modules of a process with the library */
};

/* The marks of one module of the process. */
struct pool_record {
	struct marker_pool *pool;
	uint8_t note[ELF_MARKER_NOTE_BYTES];
	uint64_t note_address;
	uint32_t regions[MARK_NODES];	/* by node: region id + 1, or 0 */
	struct map64 events;		/* node and name: region id */
	struct map64 labels;		/* told: node, key and value */
	struct map64 counters;		/* by name: metric id */
	/* Too many: the newest of each, until the window ends. */
	struct metric_value_vec held;
	struct map64 held_at;		/* by metric id: which of them */
	uint64_t told[MARK_NODES];	/* calls in the last total */
	uint32_t run_changes;		/* that were told */
	uint32_t run_labels;
	uint32_t lapse_region;		/* "[not recorded]": id + 1, or 0 */
};

struct process_marks {
	struct pool_record *pools[POOLS_MAX];
	size_t count;
	struct map64 unread;		/* modules too many: told of */
	pid_t live;			/* see process_live_thread(); 0: ask */
	uint32_t unloaded;		/* pools that are gone */
	uint64_t reload_ns;		/* monotonic: look for others then */
	struct region_losses before;	/* theirs */
	uint64_t generation;		/* of the address space: searched */
	uint64_t again_ns;		/* until then what failed is tried */
	bool again;
	uint64_t renew_ns;		/* monotonic */
	uint64_t hope_ns;		/* until then it may begin to mark */
	uint64_t hurry_ns;		/* until then its library may come */
	uint32_t exiting;		/* threads seen at their exit */
	uint64_t calls;			/* in this window */
	uint64_t values;		/* of counters, in this window */
	bool namespace_known;
	bool inner;			/* in a pid namespace of its own */
	uint64_t dropped;
};

/* On its way from a program's events to the sink. */
struct drain {
	struct sampler *sampler;
	struct process_record *process;
	struct pool_record *record;
	uint32_t tid;			/* the thread that `thread` is */
	uint32_t thread;
};

/* For pool number `i` of the process. */
struct drain drain_of(struct sampler *sampler, struct process_record *process,
		      size_t i);

/* Who wants to know: the context is a struct drain. */
extern const struct mark_ops drain_ops;

/* Calls that wait go to the sink. */
void drain_hand_over(struct drain *drain);

/*
 * `tid`: a thread that lives.  `*most` rises to the events read, of the
 * busiest thread.  False when a pool is gone, with the thread or without.
 */
bool drain_process(struct sampler *sampler, struct process_record *process,
		   pid_t tid, size_t *most);

/* Nothing was recorded from then on, monotonic, until now: that is told. */
void drain_tell_lapse(struct drain *drain, uint64_t since_ns);

/* Values of counters that were held back go to the sink. */
void drain_held(struct sampler *sampler, struct process_record *process);

/* The thread's id to itself: in the innermost pid namespace. */
pid_t drain_inner_tid(struct thread_record *thread);

/* Losses, as far as they are known, go to the sink; */
void drain_losses(struct sampler *sampler, struct process_record *process);
/* sums, read now, and losses. */
void drain_sums(struct sampler *sampler, struct process_record *process,
		pid_t tid);

#endif
