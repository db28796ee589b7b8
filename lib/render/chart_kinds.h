/* SPDX-License-Identifier: MIT */
/* One for each file chart_NAME.c; for the table in chart.c. */
#ifndef CPROF_RENDER_CHART_KINDS_H
#define CPROF_RENDER_CHART_KINDS_H

#include "render/chart.h"

extern const struct chart_kind chart_flamegraph;
extern const struct chart_kind chart_functions;
extern const struct chart_kind chart_threads;
extern const struct chart_kind chart_timeline;
extern const struct chart_kind chart_memory;
extern const struct chart_kind chart_heatmap;
extern const struct chart_kind chart_regions;

#endif
