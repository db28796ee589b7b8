/* SPDX-License-Identifier: MIT */
/* The values of a metric over time, as a person wants to know them. */
#ifndef CPROF_PROFILE_SERIES_H
#define CPROF_PROFILE_SERIES_H

#include "profile/filter.h"
#include "profile/profile.h"

/*
 * A piece of a series; times are those since the start of its run.  Between
 * two values, gauges and sums are taken to move on a straight line, unless
 * metric_has_steps().
 */
struct series_facts {
	size_t count;			/* values in it */
	uint64_t from_ns;		/* of the first and last one */
	uint64_t to_ns;
	double first;
	double last;
	double least;
	double most;
	uint64_t most_ns;		/* when that was first so */
	double mean;			/* of a gauge, by time */
	double growth;			/* last - first */
	double rate;			/* growth a second */
	double most_rate;		/* over 50 ms or more, if so long */
};

/*
 * What the filter's time and regions leave of `metric`; false when that is
 * nothing.
 * Cumulative ones begin at 0, so what was before the first value of a
 * metric that is whole belongs to its growth.
 */
bool series_facts_init(struct series_facts *facts,
		       const struct profile *profile,
		       const struct profile_metric *metric,
		       const struct filter *filter);

/*
 * The series in `count` equal pieces of from_ns to to_ns: the mean of a
 * gauge, the rate a second of a sum.  NAN where nobody looked.
 */
void series_pieces(double *pieces, size_t count, uint64_t from_ns,
		   uint64_t to_ns, const struct profile *profile,
		   const struct profile_metric *metric);

/*
 * Those of such pieces, from the filter's begin to to_ns, in which no region
 * that it asks for was open become NAN.
 */
void series_blank(double *pieces, size_t count, uint64_t to_ns, uint32_t run,
		  const struct filter *filter);

/* The run that a metric's owner belongs to. */
uint32_t metric_run(const struct profile *profile,
		    const struct profile_metric *metric);

/*
 * Does each value hold until the next one, and the last one to the end of
 * its owner?  What a program counts stays as it was set until it is set
 * again; what collectors see moves on lines from look to look.
 */
bool metric_has_steps(const struct profile_metric *metric);

/* When its owner ended, or its run, as far as known; since the run's start. */
uint64_t metric_end_ns(const struct profile *profile,
		       const struct profile_metric *metric);

/* Does the filter keep its owner?  Sums of a run go when it names some. */
bool metric_fits(const struct profile *profile,
		 const struct profile_metric *metric,
		 const struct filter *filter);

/* When the run ended, and as far as the filter goes; since its start. */
uint64_t run_end_ns(const struct profile *profile, uint32_t run,
		    const struct filter *filter);

#endif
