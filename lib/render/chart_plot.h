/* SPDX-License-Identifier: MIT */
/* Values by slot of time, drawn as steps, areas and lines. */
#ifndef CPROF_RENDER_CHART_PLOT_H
#define CPROF_RENDER_CHART_PLOT_H

#include "render/chart.h"

/* The largest of the values that are numbers; 0 when there is none. */
double chart_plot_most(const double *values, size_t count);

/*
 * From the base line (or from `below`, as many values, unless it is NULL) up
 * to each value, as a step: a slot is a mean or a most.
 */
void chart_plot_steps(struct chart *chart, const struct axis *axis,
		      const struct box *plot, const double *below,
		      const double *values, size_t count, uint32_t colour);

/* A line through the middles of the slots; what is no number is a gap. */
void chart_plot_line(struct chart *chart, const struct axis *axis,
		     const struct box *plot, const double *values,
		     size_t count, uint32_t colour);

/*
 * A small chart of its own: a caption, an axis at the left, and the values
 * as steps.  `height` includes the caption.
 */
void chart_plot_lane(struct chart *chart, const struct box *space,
		     const char *caption, enum axis_unit unit,
		     const double *values, size_t count, uint32_t colour);

enum { CHART_CAPTION = 18 };

#endif
