/* SPDX-License-Identifier: MIT */
/*
 * A metric divided over samples.  What it grew in a slot of time falls to
 * the samples of its owner in that slot, in proportion to the time that
 * they ran or waited for files: an estimate, since nobody saw which of them
 * it was.
 */
#ifndef CPROF_RENDER_CHART_ATTRIBUTION_H
#define CPROF_RENDER_CHART_ATTRIBUTION_H

#include "render/chart_series.h"

struct chart_attribution {
	struct chart_slots slots;
	const struct shapes *shapes;
	struct chart_series_vec series;
	uint32_t *of_thread;	/* by thread id: series + 1; 0: none */
	double *per_ns;		/* by series and slot: growth of a time */
	double lost;		/* growth without a sample */
	double all;		/* growth with that */
};

/*
 * Of gauges, only growth counts.  The time of samples is that of `shapes`,
 * which must outlive it: a moment has the intervals that lie in it.
 * ERROR_NOT_FOUND when there is no such metric; to be released after
 * success.
 */
int chart_attribution_init(struct chart_attribution *attribution,
			   const struct chart_slots *slots,
			   const struct shapes *shapes, const char *name,
			   struct error *err);
void chart_attribution_release(struct chart_attribution *attribution);

/*
 * What falls to the part of a sample that lies in a slot; both as
 * chart_slots_spread_all() gives them, with the same slots and shapes.
 */
double chart_attribution_of(const struct chart_attribution *attribution,
			    const struct sample *sample, size_t slot,
			    double share);

#endif
