/* SPDX-License-Identifier: MIT */
/*
 * What the marker library keeps in the program's memory, and cprof reads
 * there.  Nothing in it is an address: a reader masks ids and follows
 * nothing.  All numbers are the machine's own.
 *
 * An ELF note tells where it is: name "cprof", type MARK_NOTE_TYPE, and as
 * its bytes struct mark_note.
 */
#ifndef CPROF_MARK_LAYOUT_H
#define CPROF_MARK_LAYOUT_H

#include <stdint.h>

enum {
	MARK_NOTE_TYPE = 1,
	MARK_VERSION = 1,
	MARK_PAGE = 4096,
	MARK_SLOTS = 63,	/* threads at a time */
	MARK_RING = 8192,	/* events of a thread */
	MARK_DEPTH = 64,	/* open regions of a thread */
	MARK_NAMES = 1024,
	MARK_NAME_BYTES = 64,	/* with a NUL */
	MARK_NODES = 512,	/* places in the tree of regions */
	MARK_NODE_OTHER = 0,	/* stands for those that found no room */
	MARK_NODE_NONE = 0xffff,	/* no region is around it */
	MARK_BUCKETS = 120,
	MARK_BUCKET_SHIFT = 6,	/* the first one: up to 64 ns */
	MARK_RUN_LABELS = 16,
	MARK_RECENT = 64
};

struct mark_note {
	int64_t pool;		/* address of the pool minus that of this */
	uint32_t version;
	uint32_t pool_bytes;
};

/* How an event's word is put together: kind, id, argument. */
enum mark_kind {
	MARK_NOTHING = 0,
	MARK_BEGIN = 1,		/* id: node */
	MARK_END = 2,		/* id: node; argument: enum mark_end */
	MARK_THREAD = 3,	/* argument: the thread's id from here on */
	MARK_EVENT = 4,		/* id: name; argument: node around it */
	MARK_LABEL = 5,		/* id: key; argument: value << 16 | node */
	MARK_COUNTER = 6,	/* id: name; argument: node; a value follows */
	MARK_VALUE = 7,		/* `time_ns` holds the value */
	MARK_PAUSE = 8,
	MARK_RESUME = 9
};

enum mark_end {
	MARK_END_PROPER = 0,
	MARK_END_LEFT = 1	/* left by a jump: ended with an outer one */
};

#define MARK_WORD(kind, id, argument) \
	((uint64_t)(kind) << 56 | (uint64_t)(id) << 32 | (uint32_t)(argument))
#define MARK_WORD_KIND(word) ((uint8_t)((word) >> 56))
#define MARK_WORD_ID(word) ((uint32_t)((word) >> 32) & 0xffffff)
#define MARK_WORD_ARGUMENT(word) ((uint32_t)(word))

struct mark_event {
	uint64_t time_ns;	/* CLOCK_MONOTONIC */
	uint64_t word;
};

/*
 * The part of an epoch that is another for each recording; the rest for each
 * time that the lease was over in it.
 */
#define MARK_RECORDING(epoch) ((epoch) >> 8)

/* One cache line. */
struct mark_control {
	uint64_t lease_ns;	/* on until then; written by cprof; 0: off */
	uint32_t epoch;		/* see MARK_RECORDING(); by cprof */
	uint32_t paused;	/* by the program */
	uint32_t refused;	/* threads that found no slot */
	uint32_t lapses;	/* calls that found the lease over */
	uint32_t unused[10];
};

/* One cache line of each thread. */
struct mark_line {
	uint64_t head;		/* events ever written */
	uint32_t owner;		/* thread id; 0: free */
	uint32_t epoch;		/* that the totals and counts belong to */
	uint32_t unbalanced;	/* ends without a begin */
	uint32_t left;		/* regions that ended with an outer one */
	uint32_t too_deep;	/* not recorded */
	uint32_t nested;	/* not recorded: in a signal handler, inside */
	uint32_t unused[8];
};

/* The first page: one look tells what is new.  A forked child has zeros. */
struct mark_head {
	struct mark_control control;
	struct mark_line lines[MARK_SLOTS];
};

struct mark_label {
	uint16_t key;		/* name id, 0: none */
	uint16_t value;
};

/* The second page. */
struct mark_tables {
	uint32_t wipes;		/* a child gets zeros; 0: not asked yet */
	uint32_t names_used;	/* the first is not used */
	uint32_t nodes_used;
	uint32_t names_lost;	/* that found no room */
	uint32_t run_changes;	/* of what follows */
	uint32_t run_name;
	uint32_t run_version;
	uint32_t run_labels_used;
	struct mark_label run_labels[MARK_RUN_LABELS];
	uint8_t unused[MARK_PAGE - 32 - 4 * MARK_RUN_LABELS];
};

struct mark_name {
	uint8_t len;		/* 0: not written yet */
	char text[MARK_NAME_BYTES - 1];
};

/* Of calls that have ended; in the thread that owns the slot. */
struct mark_total {
	uint64_t count;
	uint64_t sum_ns;
	uint64_t max_ns;
	uint64_t unused;
	uint32_t buckets[MARK_BUCKETS];
};

struct mark_open {
	uint64_t start_ns;
	uint32_t node;
	uint32_t name;
};

/* What only the owner looks at, then what cprof reads. */
struct mark_slot {
	uint32_t owner;		/* as in its line */
	uint32_t depth;
	uint32_t over;		/* begun by name, not recorded */
	uint32_t busy;		/* inside of the library */
	uint32_t nodes_used;	/* of `totals` */
	uint32_t over_depth;	/* where the first of `over` began */
	uint32_t unused[10];
	struct mark_open open[MARK_DEPTH];
	struct {
		const char *text;
		uint32_t name;
	} recent[MARK_RECENT];
	struct mark_total totals[MARK_NODES];
	struct mark_event ring[MARK_RING];
};

struct mark_pool {
	struct mark_head head;
	struct mark_tables tables;
	uint32_t nodes[MARK_NODES];	/* parent << 16 | name; 0: none */
	uint16_t node_index[MARK_NODES * 2];
	uint16_t name_index[MARK_NAMES * 2];
	uint64_t counters[MARK_NAMES];	/* values, by name id */
	struct mark_name names[MARK_NAMES];
	struct mark_slot slots[MARK_SLOTS];
};

/* The bucket of a duration: four to each power of two. */
static inline uint32_t mark_bucket(uint64_t ns)
{
	uint32_t top, bucket;

	if (ns < 1 << MARK_BUCKET_SHIFT)
		return 0;
	top = 63 - (uint32_t)__builtin_clzll(ns);
	bucket = (top - MARK_BUCKET_SHIFT) * 4 + ((ns >> (top - 2)) & 3) + 1;
	return bucket < MARK_BUCKETS ? bucket : MARK_BUCKETS - 1;
}

/* Where a bucket begins, ns. */
static inline uint64_t mark_bucket_start(uint32_t bucket)
{
	uint32_t top = (bucket - 1) / 4 + MARK_BUCKET_SHIFT;

	if (!bucket)
		return 0;
	return (UINT64_C(4) + (bucket - 1) % 4) << (top - 2);
}

#endif
