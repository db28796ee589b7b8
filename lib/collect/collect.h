/* SPDX-License-Identifier: MIT */
/*
 * The collectors of a run: numbers from the system, over time.  Driven by
 * the sampler, which tells what comes and goes, and calls collect_tick()
 * between its looks at threads.  What may take long happens in a thread of
 * its own.
 *
 *	collect.c	which collectors there are, and when they look
 *	background.c	those that may take long
 *	series.c	which values are told
 *	counters.c	sums of all threads, those that ended included
 *	collect_*.c	a collector each
 */
#ifndef CPROF_COLLECT_COLLECT_H
#define CPROF_COLLECT_COLLECT_H

#include "base/strbuf.h"
#include "collect/collector.h"
#include "model/sink.h"

struct collect;

struct collect_setup {
	enum run_level level;
	bool attached;			/* to what ran before */
	struct sample_sink *sink;
	uint32_t *next_metric;		/* the next free id of a metric */
	uint32_t run;
	uint64_t epoch_ns;		/* monotonic: when its clock was 0 */
};

/*
 * `setup` is copied, what it points to borrowed.  All times here are those
 * of the recording's clock.  Never NULL; at LEVEL_BASIC it does nothing.
 */
struct collect *collect_new(const struct collect_setup *setup,
			    uint64_t now_ns);

/*
 * End it; NULL is allowed.  When a source hangs, what it needs is left
 * behind.
 */
void collect_free(struct collect *collect);

void collect_process_started(struct collect *collect,
			     const struct collect_process *process,
			     uint64_t now_ns);
/* `max_rss_bytes`: what the kernel says of its whole life; 0: not known. */
void collect_process_ended(struct collect *collect, uint32_t id,
			   uint64_t max_rss_bytes, uint64_t now_ns);
void collect_thread_started(struct collect *collect,
			    const struct collect_thread *thread);
/* While its accounts can still be read. */
void collect_thread_ended(struct collect *collect, uint32_t id,
			  uint64_t now_ns);

/* The highest resident size of a process that was seen; 0: not known. */
uint64_t collect_process_peak(const struct collect *collect, uint32_t id);

/* Let those look that are due. */
void collect_tick(struct collect *collect, uint64_t now_ns);

/*
 * Something begins or ends whose use is worth knowing: those that are cheap
 * look by `until_ns`, or as soon as their share of the time allows.
 */
void collect_soon(struct collect *collect, uint64_t until_ns);

/*
 * Programs mark regions now: besides all else, memory alone is read about
 * every `QUICK_NS` of collect.c, and more often while it moves; with many
 * processes, not at all.
 */
void collect_quick(struct collect *collect, uint64_t now_ns);

/* When collect_quick() has something to do; UINT64_MAX: never. */
uint64_t collect_quick_due_ns(const struct collect *collect);

/* When the next one is due; UINT64_MAX: never. */
uint64_t collect_due_ns(const struct collect *collect);

/*
 * The end of the run: a last look of what lives, and the reports.  Waits
 * some tens of milliseconds at most.
 */
void collect_finish(struct collect *collect, uint64_t now_ns,
		    struct memory_facts *facts);

/* What could not be told, and why: "gpu: no device in ...; pss: ..." */
void collect_notes_add(const struct collect *collect, struct strbuf *out);

/* CPU time of those in the background so far. */
uint64_t collect_background_ns(const struct collect *collect);

#endif
