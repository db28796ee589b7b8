/* SPDX-License-Identifier: MIT */
/* Threads and what they did: shared by the charts that show states. */
#ifndef CPROF_RENDER_CHART_STATES_H
#define CPROF_RENDER_CHART_STATES_H

#include "render/chart.h"

struct thread_sum {
	uint32_t thread;
	uint64_t cpu_ns;
	uint64_t wall_ns;
	uint64_t state_ns[STATE_COUNT];	/* wall weights */
};

VEC_DEFINE(thread_sum_vec, struct thread_sum);

/* Threads with time in the view, the busiest first.  To be released. */
void chart_threads_sum(struct thread_sum_vec *sums, const struct view *view);

/* Entries for the states that there are, in the order of chart_states(). */
void chart_states_legend(struct chart *chart,
			 const struct thread_sum_vec *sums);

/* States in the order in which they are drawn: running first. */
void chart_states_order(const struct thread_sum_vec *sums,
			uint8_t order[STATE_COUNT]);

#endif
