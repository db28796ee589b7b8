/* SPDX-License-Identifier: MIT */
/* From values to places on a chart, with round numbers to tell them. */
#ifndef CPROF_RENDER_CHART_AXIS_H
#define CPROF_RENDER_CHART_AXIS_H

#include "base/strbuf.h"

enum axis_unit { AXIS_NS, AXIS_BYTES, AXIS_NUMBER };

struct axis {
	enum axis_unit unit;
	double to;		/* the last value; the first is 0 */
	double step;		/* between labels */
	double start, end;	/* where 0 and `to` stand on the canvas */
};

/*
 * An axis from 0 to `to` (made 1 when it is not above 0), with labels that
 * are `gap` apart or more.
 */
struct axis axis_of(enum axis_unit unit, double to, double start, double end,
		    double gap);

/* The same, but it ends at a label, at or above `to`. */
struct axis axis_round(enum axis_unit unit, double to, double start,
		       double end, double gap);

/* Where `value` stands. */
double axis_at(const struct axis *axis, double value);

/* Add "1.5 s", "20 MB", "0": as many digits as the steps need. */
void axis_label(struct strbuf *out, const struct axis *axis, double value);

/* Add one amount with the digits that it has: "-1.53 s", "20.1 MB", "7". */
void axis_add_amount(struct strbuf *out, enum axis_unit unit, double value);

/* Labels from 0 on: how many there are. */
size_t axis_count(const struct axis *axis);

#endif
