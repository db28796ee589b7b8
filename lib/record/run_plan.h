/* SPDX-License-Identifier: MIT */
/* Which runs a recording of many has, and in which order. */
#ifndef CPROF_RECORD_RUN_PLAN_H
#define CPROF_RECORD_RUN_PLAN_H

#include "record/session.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Does `pair` of a series begin with the second of its two kinds?  Of two
 * pairs one does, at random but the same for the same `seed`, so that
 * neither a drift of the machine nor a rhythm of it favours a kind.
 */
bool run_order_swapped(uint64_t seed, uint32_t pair);

/* A number for a series that no other has, for all that one can tell. */
uint64_t run_series_new(void);

struct run_plan {
	uint32_t runs;		/* sampled ones */
	bool plain;		/* and as many that are not */
	uint64_t series;
	uint32_t order;		/* of the next run */
};

/* session_options.next; `plan` is a struct run_plan. */
bool run_plan_next(struct session_run *run, void *plan);

#endif
