/* SPDX-License-Identifier: MIT */
/*
 * The time of a chart in slots of equal length.  It begins at 0 in every
 * run, so that runs lie one over the other.
 */
#ifndef CPROF_RENDER_CHART_SLOTS_H
#define CPROF_RENDER_CHART_SLOTS_H

#include "profile/shape.h"
#include "render/view.h"

struct chart_slots {
	const struct view *view;
	uint64_t from_ns, to_ns;	/* what is shown; from < to */
	size_t count;
};

/* `count` slots for all of the view's time. */
struct chart_slots chart_slots_of(const struct view *view, size_t count);

/* What an axis of their time is called. */
const char *chart_slots_title(const struct chart_slots *slots);

/* How long one is, in nanoseconds. */
double chart_slot_ns(const struct chart_slots *slots);

/* A part of a sample: `share`, at most 1, falls into `slot`. */
typedef void slot_fn(void *context, const struct sample *sample, size_t slot,
		     double share);

/*
 * Call `add` for each slot that the sample's interval lies in; the shares
 * sum to 1.  Time that is not shown counts for nothing.
 */
void chart_slots_spread(const struct chart_slots *slots,
			const struct sample *sample, slot_fn *add,
			void *context);

/*
 * The same for every sample that the view's filter keeps; with `shapes`, by
 * shape_of() and not by weight.
 */
void chart_slots_spread_all(const struct chart_slots *slots,
			    const struct shapes *shapes, slot_fn *add,
			    void *context);

#endif
