/* SPDX-License-Identifier: MIT */
/* Metrics and regions of a page. */
#ifndef CPROF_RENDER_HTML_METRICS_H
#define CPROF_RENDER_HTML_METRICS_H

#include "base/json.h"
#include "render/view.h"

/*
 * A metric by name, of all who have it together: name, source, kind ("gauge",
 * "cumulative"), unit ("bytes", "cores", "number"), whether it is drawn
 * beside the threads, and its values in thousandths by slot of time, of
 * which there are `slots` in `duration_ns`; null where nobody looked.
 */
json_t *html_metrics_json(const struct view *view, uint64_t duration_ns,
			  size_t slots);

/* As in --by region: what is told of each, with its depth in the tree. */
json_t *html_regions_json(const struct view *view);

/*
 * Calls for the timeline, the longest: [thread, row of the above, depth,
 * start, length], in nanoseconds since the start of the run.
 */
json_t *html_calls_json(const struct view *view);

#endif
