/* SPDX-License-Identifier: MIT */
/*
 * Sums that the kernel keeps per thread, from the moment that we saw the
 * thread: of each thread, and of all of them, those that ended included.
 */
#ifndef CPROF_COLLECT_COUNTERS_H
#define CPROF_COLLECT_COUNTERS_H

#include "base/map64.h"
#include "collect/collector.h"

enum {
	COUNTERS_MAX = 6,
	COUNTERS_QUICK = 2		/* the first, by quick looks, too */
};

struct counter_record {
	uint32_t thread;
	uint64_t base[COUNTERS_MAX];	/* when we first saw it */
	uint64_t last[COUNTERS_MAX];
	uint64_t held[COUNTERS_QUICK];	/* by the last quick look, */
	bool is_held;			/* which saw it */
	struct task_account account;	/* at the last look */
	int file;			/* for quick looks; -1: not open */
};

VEC_DEFINE(counter_record_vec, struct counter_record);

struct counters_ops {
	const char *source;
	size_t count;
	struct {
		const char *name;
		uint8_t unit;
	} of[COUNTERS_MAX];
	/* The values now; false when the thread is gone. */
	bool (*read)(const struct collect_thread *thread, uint64_t *values);
	/* The file of quick looks, and what is in it; may be NULL. */
	int (*open)(const struct collect_thread *thread);
	bool (*read_at)(int file, uint64_t *values);
};

/* The collector that embeds it has it behind its base. */
struct counters {
	struct collector base;
	const struct counters_ops *ops;
	struct map64 places;		/* thread id: index of its record */
	struct counter_record_vec records;
	size_t next;			/* thread where the next look begins */
	uint64_t ended[COUNTERS_MAX];	/* sums of threads that ended */
	uint64_t told;			/* all quick counters, last told */
	uint64_t held;			/* by a quick look after it, */
	uint64_t held_ns;		/* at that time; 0: none */
};

/* What a collector's table needs; `ops` is set by its `init`. */
void counters_look(struct collector *base, struct collect_look *look);
bool counters_quick(struct collector *base, struct collect_look *look);
void counters_thread_started(struct collector *base,
			     const struct collect_thread *thread);
void counters_thread_ended(struct collector *base,
			   const struct collect_thread *thread,
			   struct collect_look *look);
void counters_close(struct collector *base);

#endif
