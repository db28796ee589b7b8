/* SPDX-License-Identifier: MIT */
/*
 * Numbers over time: what collectors read from the system, and what the
 * program itself counts.  A metric is one series of values of one owner.
 */
#ifndef CPROF_MODEL_METRIC_H
#define CPROF_MODEL_METRIC_H

#include "base/vec.h"

#include <stdint.h>

/* Values of these enums are stored in files. */
enum metric_kind {
	METRIC_GAUGE = 0,	/* so much there is: its mean and peak matter */
	METRIC_CUMULATIVE = 1,	/* so much there was so far: its growth */
	METRIC_KIND_COUNT
};

enum metric_unit {
	METRIC_NUMBER = 0,
	METRIC_BYTES = 1,
	METRIC_NS = 2,		/* a time */
	METRIC_PPM = 3,		/* a share, in parts per million */
	METRIC_UNIT_COUNT
};

enum metric_scope {
	METRIC_OF_RUN = 0,	/* a sum over the whole process tree */
	METRIC_OF_PROCESS = 1,
	METRIC_OF_THREAD = 2,
	METRIC_OF_MACHINE = 3,	/* of all that runs on it; owner: the run */
	METRIC_SCOPE_COUNT
};

/*
 * Ids are dense, in order of definition.  `source` groups metrics: the
 * name of the collector ("memory", "io", ...), or METRIC_COUNTER.
 */
struct metric {
	const char *name;	/* "memory.rss", "io.read"; or the program's */
	const char *source;
	uint8_t kind;		/* enum metric_kind */
	uint8_t unit;		/* enum metric_unit */
	uint8_t scope;		/* enum metric_scope */
	uint32_t owner;		/* id of the run, process or thread */
};

/* The source of counters that the program itself sets. */
#define METRIC_COUNTER "counter"

/*
 * A value that was true at `time_ns` (recording's clock).  Between two
 * values of a series the truth lies on the line that joins them, as far as
 * anybody looked: who writes may leave out values that lie on it.
 */
struct metric_value {
	uint64_t time_ns;
	int64_t value;
	uint32_t metric;
};

VEC_DEFINE(metric_value_vec, struct metric_value);

/*
 * By metric, then by time; values of one metric and time keep their order.
 */
void metric_values_sort(struct metric_value_vec *values);

/* How one collector did in a run. */
struct collector_report {
	uint32_t run;
	const char *name;
	const char *note;	/* what it could not tell, and why; or "" */
	uint64_t reads;		/* times it looked */
	uint64_t cost_ns;	/* time that took, of the recorder */
	uint64_t period_ns;	/* between two looks, at the end */
};

/*
 * What a counter of the program counts, by the end of its name: "state_bytes",
 * "bytes", "stateBytes"; "wait_ns", "wait_nanoseconds"; else a number.
 */
enum metric_unit metric_unit_of_name(const char *name);

/* "gauge", "bytes", "process", ...; never NULL for a valid value. */
const char *metric_kind_name(enum metric_kind kind);
const char *metric_unit_name(enum metric_unit unit);
const char *metric_scope_name(enum metric_scope scope);

#endif
