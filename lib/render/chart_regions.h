/* SPDX-License-Identifier: MIT */
/* Regions as rows of charts. */
#ifndef CPROF_RENDER_CHART_REGIONS_H
#define CPROF_RENDER_CHART_REGIONS_H

#include "profile/regions.h"
#include "render/chart.h"

struct chart_regions {
	struct region_rows rows;
	uint32_t count;			/* of rows; then comes "no region" */
};

/* ERROR_NOT_FOUND when there is none; to be released after success. */
int chart_regions_init(struct chart_regions *regions, const struct view *view,
		       struct error *err);
void chart_regions_release(struct chart_regions *regions);

/* The row that a sample was taken in; regions->count: in none. */
uint32_t chart_region_of(const struct chart_regions *regions,
			 const struct sample *sample);

/* Add "step > part", or "(no region)"; not escaped. */
void chart_region_name(struct strbuf *out, const struct chart_regions *regions,
		       uint32_t row);

#endif
