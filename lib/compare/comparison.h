/* SPDX-License-Identifier: MIT */
/*
 * What a comparison of two versions found, ready to be drawn.  `compare`
 * fills it from profiles, `gate` from runs that it made itself; what renders
 * it decides nothing.
 *
 * A "row" is a quantity on both sides with the change between them.  Amounts
 * are per run, in the unit of the row: nanoseconds, bytes or a plain number.
 * Changes are NEW minus BASE: above 0 is slower, or more.
 */
#ifndef CPROF_COMPARE_COMPARISON_H
#define CPROF_COMPARE_COMPARISON_H

#include "base/arena.h"
#include "compare/pairing.h"
#include "model/metric.h"
#include "profile/filter.h"
#include "profile/profile.h"
#include "profile/rows.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum verdict {
	VERDICT_UNKNOWN,	/* cannot tell */
	VERDICT_SAME,		/* the interval lies within the margin */
	VERDICT_SLOWER,		/* all of it lies above the margin */
	VERDICT_FASTER		/* all of it lies below */
};

/* "cannot-tell", "same", "slower", "faster": for programs. */
const char *verdict_name(enum verdict verdict);

/*
 * For people: "slower" of times, "more" of memory and counts; "cannot tell".
 */
const char *verdict_text(enum verdict verdict, enum metric_unit unit);

/* What an interval and a verdict rest on. */
enum judged_by {
	JUDGED_NOT,		/* nothing to judge by: no interval */
	JUDGED_SAMPLES,		/* one run a side: the sampling error alone */
	JUDGED_T,		/* runs: Welch's t */
	JUDGED_PAIRED_T,	/* interleaved runs: t of the differences */
	JUDGED_RANKS,		/* runs: Hodges-Lehmann, rank sums */
	JUDGED_PAIRED_RANKS,	/* interleaved: Hodges-Lehmann, signed ranks */
	JUDGED_SEQUENTIAL	/* gate: paired ranks, with looks in between */
};

/* "none", "sampling-error", "welch-t", ... */
const char *judged_by_name(enum judged_by judged_by);

/* "by the ranks of 10 and 10 runs", and the like; for people. */
const char *judged_by_text(enum judged_by judged_by);

/*
 * A quantity on both sides.  Percentages are of `base`, NAN where that is
 * 0.  An interval without an end is -INFINITY or INFINITY.  Of whole runs,
 * base and new are medians over runs, and `delta` is a robust shift between
 * them; of code they are means, and delta their difference, so that the
 * rows of code add up.
 */
struct change {
	double base;
	double new;
	double delta;
	double low;		/* of the delta */
	double high;
	double percent;
	double low_percent;
	double high_percent;
	double margin_percent;	/* slower and faster lie beyond it */
	/* Same lies within this: the margin, unless that is mere noise. */
	double same_percent;
	double level;		/* of the interval: 0.95 */
	double p;		/* of no change at all; 1 where not known */
	size_t base_runs;	/* what it rests on */
	size_t new_runs;
	enum judged_by judged_by;
	enum verdict verdict;
};

/* Does it have an interval? */
bool change_has_interval(const struct change *change);

/*
 * No regression: even the upper end of the interval is not above the margin.
 * True for "same" and "faster", and where it is one of these two.
 */
bool change_is_not_slower(const struct change *change);

/* A metric of whole runs, or of a region of them. */
struct metric_change {
	const char *name;	/* "wall", "cpu", "user", "system", "memory" */
	const char *text;	/* "wall time", "peak memory" */
	const char *region;	/* NULL: the run */
	enum metric_unit unit;
	bool is_counter;	/* nobody knows whether more of it is worse */
	bool from_plain_runs;	/* else from profiled ones */
	bool decides;		/* the verdict of all speaks of this one */
	double noise_percent;	/* of BASE by itself; NAN: not known */
	struct change change;
};

VEC_DEFINE(metric_change_vec, struct metric_change);

enum {
	/* Found on one side only. */
	CODE_NEW = 1,
	CODE_GONE = 2,
	/* Another name in BASE: see old_name. */
	CODE_RENAMED = 4,
	/* Inlined on one side, a function of its own on the other. */
	CODE_INLINED = 8,	/* in NEW it is (more often) inlined */
	CODE_OUTLINED = 16,	/* in NEW it is (more often) called */
	/* Gone or new, and its caller changed by about as much. */
	CODE_MERGED = 32	/* see `partner`: perhaps inlined into it */
};

/*
 * A function, line or module: its own time (self) on a CPU; or a function and
 * what it waits for, for how long.  Strings are those of the profiles.
 */
struct code_change {
	uint32_t pair;		/* function: index of a pair; else ID_NONE */
	const char *name;
	const char *module;	/* path, of NEW where it has one; or NULL */
	const char *file;	/* NULL: not known */
	uint32_t line;		/* 0: not known */
	const char *old_name;	/* NULL, unless renamed */
	const char *partner;	/* name of the caller; NULL unless merged */
	const char *waits_for;	/* "sleeping"; NULL: time on a CPU */
	unsigned int flags;	/* CODE_... */
	/* No code: time between samples, stacks that could not be read. */
	bool special;
	struct change self;
	double base_total_ns;	/* with what it calls */
	double new_total_ns;
	double q;		/* p, adjusted for the number of rows */
};

VEC_DEFINE(code_change_vec, struct code_change);

/* Is it slower or faster, beyond doubt? */
bool code_change_is_certain(const struct code_change *row);

/*
 * All functions, lines or modules; the largest change comes first, those
 * with a verdict before those without.  Their deltas add up:
 *
 *	total_ns = changed_ns + unchanged_ns + outside_ns
 */
struct code_changes {
	enum rows_by by;
	struct code_change_vec rows;
	double total_ns;	/* change of CPU time, as runs tell it; of
				   waits, what all of them changed by */
	double changed_ns;	/* of rows with slower or faster */
	double unchanged_ns;	/* of rows with same or cannot tell */
	double outside_ns;	/* of code that no sample saw, and doubt */
	size_t changed;		/* number of rows with slower or faster */
};

/* What is compared; SIDE_BASE and SIDE_NEW. */
struct comparison_side {
	const char *name;	/* of the program */
	const char *version;	/* "" when not given; "1, 2" for several */
	const char *command;	/* words in one text, as typed */
	const char *host;
	const char *cpu_model;
	const char *const *files;
	size_t file_count;
	const struct label *labels;	/* those that all runs have */
	size_t label_count;
	uint64_t start_realtime_ns;	/* of the first run */
	size_t profiled_runs;
	size_t plain_runs;
	/* Of profiled runs, which the code rows rest on. */
	uint64_t samples;
	/* Borrowed, for those who draw trees; NULL: there is none. */
	const struct profile *profile;
	const struct filter *filter;	/* what of it was looked at */
};

enum notice_kind {
	NOTICE_INFO,		/* something differs; that is normal */
	NOTICE_REFUSAL		/* not comparable; gone past with --force */
};

struct notice {
	enum notice_kind kind;
	const char *text;	/* may have names from outside in it */
};

VEC_DEFINE(notice_vec, struct notice);
VEC_DEFINE(text_vec, const char *);

enum recommendation { RECOMMEND_UNKNOWN, RECOMMEND_KEEP, RECOMMEND_UPGRADE };

/* "inconclusive", "keep", "upgrade" */
const char *recommendation_name(enum recommendation recommendation);

/* Values are exit statuses. */
enum outcome {
	OUTCOME_PASS = 0,	/* no regression */
	OUTCOME_REGRESSION = 1,
	OUTCOME_INCONCLUSIVE = 3
};

/* "pass", "regression", "inconclusive" */
const char *outcome_name(enum outcome outcome);

struct comparison {
	struct comparison_side sides[SIDE_COUNT];
	bool interleaved;		/* paired, run by run */
	bool code_paired;		/* the profiled runs, too */
	bool refused;			/* nothing below was worked out */
	bool forced;			/* it would have been refused */
	struct notice_vec notices;	/* refusals first */

	double threshold_percent;	/* asked for */
	double noise_percent;		/* of the metric that decides */
	struct metric_change_vec metrics;
	struct code_changes functions;
	struct code_changes lines;
	struct code_changes modules;
	/* Time off the CPU, of all threads, by function and reason. */
	struct code_changes waits;
	/* Functions of both profiles; filled when both sides have samples. */
	struct pairing pairing;
	const uint32_t *row_of_pair;	/* index in functions.rows, ID_NONE */
	/* Plain and profiled runs tell the same direction, or nothing else. */
	bool explanation_agrees;

	size_t decides;			/* index in metrics; SIZE_MAX: none */
	enum verdict verdict;		/* of that metric */
	enum outcome outcome;
	double improvement_percent;	/* above 0: NEW is better; or NAN */
	double min_improvement_percent;
	enum recommendation recommendation;
	struct text_vec reasons;	/* why it is inconclusive */
	struct text_vec advice;		/* how to get a verdict */
	/* No reason to fail then, unless it was refused. */
	bool allow_inconclusive;
	/* What people are shown: the table of code, and how many rows. */
	enum rows_by by;
	size_t top;			/* 0: as many as tell something */
	/*
	 * Where the sources lie, for forms that name files as a repository
	 * does: this and a '/' are left out of their paths.  NULL: nothing.
	 */
	const char *source_root;
	struct arena arena;		/* owns texts that are nobody else's */
};

#define COMPARISON_INIT { .decides = SIZE_MAX, .arena = ARENA_INIT }

void comparison_release(struct comparison *comparison);

/* The metric that decides, or NULL. */
const struct metric_change *
comparison_deciding(const struct comparison *comparison);

/* 0, 1 or 3. */
int comparison_exit_status(const struct comparison *comparison);

/* Say something: printf into the comparison's own memory. */
void comparison_notice(struct comparison *comparison, enum notice_kind kind,
		       const char *fmt, ...) PRINTF_LIKE(3, 4);
void comparison_reason(struct comparison *comparison, const char *fmt, ...)
	PRINTF_LIKE(2, 3);
void comparison_advise(struct comparison *comparison, const char *fmt, ...)
	PRINTF_LIKE(2, 3);

#endif
