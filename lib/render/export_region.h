/* SPDX-License-Identifier: MIT */
/* Calls of regions as formats with a time line have them. */
#ifndef CPROF_RENDER_EXPORT_REGION_H
#define CPROF_RENDER_EXPORT_REGION_H

#include "render/export_timeline.h"

enum {
	/* More than that no reader draws; the longest are told. */
	EXPORT_CALLS_MAX = 200000
};

/* A call as it is shown. */
struct export_call {
	const struct region *region;
	uint64_t start_ns;	/* as of the moments of the timeline */
	uint64_t end_ns;
	uint32_t thread;
};

VEC_DEFINE(export_call_vec, struct export_call);

/*
 * Add the calls that the view's filter keeps, cut to its range of time, by
 * thread and start; one inside of another comes after it.  Returns how many
 * were left out because there are too many.
 */
size_t export_calls(struct export_call_vec *calls, const struct view *view,
		    const struct timeline *timeline);

#endif
