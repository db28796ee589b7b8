/* SPDX-License-Identifier: MIT */
/*
 * A metric while regions were open, piece by piece of time: of a gauge the
 * most that it was, of a sum what it grew in a second.
 */
#ifndef CPROF_RENDER_CHART_REGION_HEAT_H
#define CPROF_RENDER_CHART_REGION_HEAT_H

#include "render/chart_axis.h"
#include "render/chart_regions.h"
#include "render/chart_slots.h"

struct chart_region_heat {
	double *cells;		/* by row of regions, then slot */
	double *sums;		/* by row: the most, or all that it grew */
	enum axis_unit unit;
	bool level;		/* it is a gauge */
};

/*
 * ERROR_NOT_FOUND when there is no such metric.  To be released after
 * success; zeros can be released, too.
 */
int chart_region_heat_init(struct chart_region_heat *heat,
			   const struct chart_regions *regions,
			   const struct chart_slots *slots, const char *metric,
			   struct error *err);

void chart_region_heat_release(struct chart_region_heat *heat);

#endif
