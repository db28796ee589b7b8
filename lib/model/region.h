/* SPDX-License-Identifier: MIT */
/*
 * Regions: named pieces of a program, as it tells with <cprof.h>, and the
 * calls of them.
 */
#ifndef CPROF_MODEL_REGION_H
#define CPROF_MODEL_REGION_H

#include "base/vec.h"

#include <stdint.h>

/* Values are stored in files. */
enum region_kind {
	REGION_SCOPE = 0,	/* it begins and ends */
	REGION_EVENT = 1,	/* a moment: cprof_mark() */
	/* Not in files: a function that was asked for, in sampled stacks. */
	REGION_FUNCTION = 2
};

/* A place in a process's tree of regions; ids dense per recording. */
struct region {
	uint32_t process;
	uint32_t parent;	/* region id < own id, or ID_NONE */
	uint8_t kind;		/* enum region_kind */
	const char *name;
};

/* Bits of region_call.flags; the values are stored in files. */
enum {
	REGION_CUT = 1,		/* the recording or the thread ended first */
	REGION_LEFT = 2,	/* left by a jump; ended with an outer one */
};

/* One call of a region, or one event. */
struct region_call {
	uint64_t start_ns;	/* recording's clock */
	uint64_t end_ns;	/* of an event: the start */
	uint32_t region;
	uint8_t flags;
};

VEC_DEFINE(region_call_vec, struct region_call);

/* Calls of one thread, in order of their end. */
struct region_window {
	uint32_t thread;
	const struct region_call *calls;
	size_t count;
};

enum {
	/*
	 * By duration: the first bucket is up to 64 ns, then there are four
	 * for each power of two.
	 */
	REGION_BUCKETS = 120,
	REGION_BUCKET_SHIFT = 6
};

/*
 * All calls of a region that have ended, counted by the program itself:
 * also those whose begin and end cprof came too late to see.
 */
struct region_total {
	uint32_t region;
	uint64_t calls;
	uint64_t total_ns;
	uint64_t max_ns;
	uint32_t buckets[REGION_BUCKETS];
};

/* A note that the program put on a region. */
struct region_label {
	uint32_t region;
	const char *key;
	const char *value;
};

/* What could not be recorded of the regions of a process; all counts. */
struct region_losses {
	uint32_t process;
	uint64_t events;	/* overwritten before they were read */
	uint64_t calls_dropped;	/* too many to keep; in the totals */
	uint64_t unbalanced;	/* ends without a begin */
	uint64_t left;		/* left by a jump */
	uint64_t too_deep;	/* more than 64 regions inside of each other */
	uint64_t nested;	/* in a signal handler, at a bad moment */
	uint64_t threads;	/* without room: 63 at a time have it */
	uint64_t names;		/* without room: 1023 have it */
	uint64_t nonsense;	/* events that cannot be */
};

/* What the program says about the run: key "name", "version" or a label. */
enum run_note_kind { RUN_NOTE_NAME = 0, RUN_NOTE_VERSION = 1,
		     RUN_NOTE_LABEL = 2,
		     /* Functions that fit are regions: record --region. */
		     RUN_NOTE_REGION = 3,
		     /* Modules whose marks are not read: too many. */
		     RUN_NOTE_UNREAD = 4 };

struct run_note {
	uint32_t run;
	uint8_t kind;		/* enum run_note_kind */
	const char *key;	/* "" unless it is a label */
	const char *value;
};

#endif
