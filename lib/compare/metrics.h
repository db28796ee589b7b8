/* SPDX-License-Identifier: MIT */
/* The metrics of whole runs, and of regions, on both sides. */
#ifndef CPROF_COMPARE_METRICS_H
#define CPROF_COMPARE_METRICS_H

#include "compare/comparison.h"
#include "compare/options.h"

/*
 * Judge all metrics and fill comparison->metrics, ->noise_percent and
 * ->interleaved.  Plain runs decide where both sides have them.
 */
void compare_metrics(struct comparison *comparison,
		     const struct profile *base, const struct profile *new,
		     const struct compare_options *options);

/*
 * Choose the metric that decides.  -1 (ERROR_NOT_FOUND) when there is none
 * of that name or region; the message lists those that there are.
 */
int compare_choose_metric(struct comparison *comparison,
			  const struct compare_options *options,
			  struct error *err);

#endif
