/* SPDX-License-Identifier: MIT */
/* From values of runs to rows of metrics; inside of compare/. */
#ifndef CPROF_COMPARE_METRIC_JUDGE_H
#define CPROF_COMPARE_METRIC_JUDGE_H

#include "compare/comparison.h"
#include "compare/options.h"
#include "compare/runs.h"

struct metric_judge {
	struct comparison *comparison;
	const struct compare_options *options;
	const struct profile *profiles[SIDE_COUNT];
	struct compared_runs runs;	/* that values are taken from */
	enum run_kind kind;
	double *values[SIDE_COUNT];	/* to fill in: one for each run */
};

/* What the options point to must outlive it.  To be released. */
void metric_judge_init(struct metric_judge *judge,
		       struct comparison *comparison,
		       const struct profile *base, const struct profile *new,
		       const struct compare_options *options,
		       enum run_kind kind);
void metric_judge_release(struct metric_judge *judge);

/* Judge judge->values and add `metric` with the answer to the comparison. */
void metric_judge_add(struct metric_judge *judge, struct metric_change metric);

/* Regions and counters: what the program says of itself. */
void add_program_metrics(struct metric_judge *judge);

#endif
