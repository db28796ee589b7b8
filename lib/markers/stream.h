/* SPDX-License-Identifier: MIT */
/*
 * The events of one slot of a program's marks, put together to calls of
 * regions.  The bytes come from a program that may be hostile, or be
 * writing right now: nothing in them is believed.
 */
#ifndef CPROF_MARKERS_STREAM_H
#define CPROF_MARKERS_STREAM_H

#include "mark/layout.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who wants to know.  Times are of CLOCK_MONOTONIC; ids are in range. */
struct mark_ops {
	/* A call ended; `flags` as in struct region_call. */
	void (*call)(void *context, uint32_t thread, uint32_t node,
		     uint64_t start_ns, uint64_t end_ns, uint8_t flags);
	/* In these, `node` is what is around, or MARK_NODE_NONE. */
	void (*event)(void *context, uint32_t thread, uint32_t name,
		      uint32_t node, uint64_t time_ns);
	void (*label)(void *context, uint32_t node, uint32_t key,
		      uint32_t value);
	void (*counter)(void *context, uint32_t thread, uint32_t name,
			uint32_t node, uint64_t time_ns, int64_t value);
	void (*pause)(void *context, uint64_t time_ns, bool paused);
};

/* The tree that events refer to: by node, its parent and name. */
struct mark_tree {
	uint16_t parents[MARK_NODES];	/* < own id, or MARK_NODE_NONE */
	uint16_t names[MARK_NODES];	/* 0: the node is not known */
};

struct mark_stream_open {
	uint64_t start_ns;		/* 0: it was not seen */
	uint32_t node;
};

struct mark_stream {
	uint32_t thread;		/* id of the thread that writes */
	uint32_t depth;
	struct mark_stream_open open[MARK_DEPTH];
	uint32_t counter_name;		/* its value is next; 0: no counter */
	uint32_t counter_node;
	uint64_t counter_ns;
	uint64_t nonsense;		/* events that cannot be */
};

/* Times outside of these are nonsense. */
struct mark_times {
	uint64_t from_ns;
	uint64_t to_ns;
};

/* Events in order of their writing. */
void mark_stream_parse(struct mark_stream *stream,
		       const struct mark_event *events, size_t count,
		       const struct mark_tree *tree,
		       const struct mark_times *times,
		       const struct mark_ops *ops, void *context);

/*
 * Events before the next ones were lost; the next is of `first_ns`.  `open`:
 * what the program says is open now.  What was so at `first_ns` already has
 * been open all the time; all else is forgotten.
 */
void mark_stream_lost(struct mark_stream *stream,
		      const struct mark_open *open, size_t depth,
		      uint64_t first_ns, const struct mark_tree *tree);

/* What is still open ends at `time_ns`, with REGION_CUT. */
void mark_stream_end(struct mark_stream *stream, uint64_t time_ns,
		     const struct mark_ops *ops, void *context);

#endif
