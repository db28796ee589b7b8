/* SPDX-License-Identifier: MIT */
/*
 * Is NEW slower than BASE?  Values of whole runs, one for each run, are
 * judged here, for compare and for gate.
 *
 * Ratios matter, not differences, so logarithms are compared: by signed
 * ranks where the runs were interleaved, by rank sums where they were not,
 * and by Student's t where there are too few runs for ranks (below 6 pairs,
 * or 4 and 4 runs).  The verdict is "slower" or "faster" only when the whole
 * interval lies beyond the margin, "same" when all of it lies within.
 */
#ifndef CPROF_COMPARE_JUDGE_H
#define CPROF_COMPARE_JUDGE_H

#include "compare/comparison.h"
#include "stat/rng.h"

/* The level of intervals, unless said otherwise. */
#define JUDGE_LEVEL 0.95

struct judge {
	double level;
	double margin_percent;	/* see judge_margin() */
	double same_percent;	/* the same; 0 with a threshold of 0 */
	bool paired;		/* base[i] and new[i] ran one after the other */
};

/*
 * Judge values of runs, none of them negative; where one is 0, differences
 * are compared in place of ratios.  With no run on a side, or one on each,
 * there is no interval and the verdict is VERDICT_UNKNOWN.  Paired: both
 * counts are the same.
 */
struct change judge_runs(const double *base, size_t base_count,
			 const double *new, size_t new_count,
			 const struct judge *judge);

/*
 * Set the margin: the threshold or the noise (NAN: not known), whichever is
 * larger.  Where the noise is far above the threshold, the runs cannot tell
 * what was asked for; a slower version must not pass for that, so "same"
 * still means within the threshold.
 */
void judge_margin(struct judge *judge, double threshold_percent,
		  double noise_percent);

/*
 * The verdict that the interval of `change` and its margin lead to; the
 * percentages must be filled.
 */
enum verdict judge_verdict(const struct change *change);

/*
 * One run a side tells nothing of how runs differ: only what is beyond
 * `percent`, and beyond the interval where there is one, is a verdict.
 */
void judge_single_run(struct change *change, double percent);

/*
 * How far BASE differs from itself: its runs are dealt into two halves at
 * random, again and again, and judged as if they were two versions; the
 * median of the intervals' half-widths, in percent.  With `in_turns`, for
 * interleaved runs in the order of time, neighbours are dealt apart and
 * compared as pairs, so that a drift does not count as noise.  NAN for less
 * than six runs.
 */
double judge_noise_percent(const double *values, size_t count, bool in_turns,
			   struct rng *rng);

#endif
