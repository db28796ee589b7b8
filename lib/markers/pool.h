/* SPDX-License-Identifier: MIT */
/* The marks of a process, read from its memory while it runs. */
#ifndef CPROF_MARKERS_POOL_H
#define CPROF_MARKERS_POOL_H

#include "markers/stream.h"
#include "model/region.h"

#include <sys/types.h>

/* The library's data in one module of one process. */
struct marker_pool;

/*
 * The pool that the note tells of, whose bytes are `note`, at `address` in
 * the process, of which `tid` is a live thread, as in all that follows: its
 * first one may have ended.  NULL when it is one of another version, or not
 * readable.  `from_ns` (monotonic): nothing before is ours.  `ahead_ns`: by
 * how much its clock is ahead of ours, on which all times here are.
 */
struct marker_pool *marker_pool_open(pid_t tid, const uint8_t *note,
				     uint64_t address, uint64_t from_ns,
				     int64_t ahead_ns);

/* NULL is allowed. */
void marker_pool_close(struct marker_pool *pool);

/* Is it in the memory of process `pid`, too (vfork, CLONE_VM)? */
bool marker_pool_is_shared(const struct marker_pool *pool, pid_t tid,
			   pid_t pid);

/*
 * Switch it on, or keep it on, until `until_ns` (monotonic); 0: off.  False
 * when the process is gone, or has something else there now.
 */
bool marker_pool_lease(struct marker_pool *pool, pid_t tid,
		       uint64_t until_ns);

/*
 * Since when the program found it switched off, without our will: we came
 * too late to keep it on.  What is open then is over, as ends were missed.
 * 0 when it did not, or that was asked already; after marker_pool_lease().
 */
uint64_t marker_pool_lapse_ns(struct marker_pool *pool);

/* Has anybody marked anything yet? */
bool marker_pool_is_used(const struct marker_pool *pool);

/*
 * Read what is new and hand it to `ops`; `*most` rises to the number of
 * events of the busiest thread.  False when the thread is gone, or something
 * else is in the memory there (a module was unloaded).
 */
bool marker_pool_drain(struct marker_pool *pool, pid_t tid,
		       const struct mark_ops *ops, void *context,
		       size_t *most);

/* The thread is gone: what it left open ends at `time_ns` (monotonic). */
void marker_pool_thread_end(struct marker_pool *pool, pid_t thread,
			    uint64_t time_ns, const struct mark_ops *ops,
			    void *context);

/* The same for all threads. */
void marker_pool_end(struct marker_pool *pool, uint64_t time_ns,
		     const struct mark_ops *ops, void *context);

/*
 * The sums of all calls that have ended, since it was switched on: one for
 * each node below MARK_NODES.  False when the process is gone.
 */
bool marker_pool_totals(struct marker_pool *pool, pid_t tid,
			struct region_total *totals);

/* Counts so far; `process` and `calls_dropped` are left alone. */
void marker_pool_losses(const struct marker_pool *pool,
			struct region_losses *losses);

/* "" when there is none; of a node or id that an op was called with. */
const char *marker_pool_name(const struct marker_pool *pool, uint32_t name);
/* A node's name id and parent. */
uint32_t marker_pool_node(const struct marker_pool *pool, uint32_t node,
			  uint32_t *parent);

/* What the program says about the run; a number that changes with it. */
uint32_t marker_pool_run_changes(const struct marker_pool *pool);
/* Name ids, 0: none. */
void marker_pool_run(const struct marker_pool *pool, uint32_t *name,
		     uint32_t *version,
		     struct mark_label labels[MARK_RUN_LABELS]);

#endif
