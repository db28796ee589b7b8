/* SPDX-License-Identifier: MIT */
/*
 * Looking for a stop that was asked for, without sleeping until it comes.
 *
 * It comes after some 15 us.  A tracer that sleeps meanwhile must be woken
 * up by the thread that stops, which in a virtual machine costs both of them
 * more than that: with a close look a stop took two thirds of the program's
 * time that it takes without, and came 12 us sooner.  Only where a core is
 * idle: else somebody has work for it.
 */
#ifndef CPROF_TRACE_CLOSE_LOOK_H
#define CPROF_TRACE_CLOSE_LOOK_H

#include "base/attempts.h"

#include <stdbool.h>
#include <stdint.h>

struct close_look {
	bool allowed;
	uint64_t until_ns;	/* monotonic; 0: none is due */
	bool seen;		/* the last look found a stop, just now */
	struct attempts attempts;
};

/* A stop was asked for at `now_ns`. */
void close_look_asked(struct close_look *look, uint64_t now_ns);

/*
 * The look is over; `seen`: it came in time.  Where it often does not (a
 * thread that shares our CPU cannot stop while we look), there are none for
 * some time, longer each time.
 */
void close_look_ended(struct close_look *look, bool seen);

#endif
