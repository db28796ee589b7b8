/* SPDX-License-Identifier: MIT */
/* Samples added up: how much each stack weighs. */
#ifndef CPROF_PROFILE_WEIGHTS_H
#define CPROF_PROFILE_WEIGHTS_H

#include "profile/filter.h"
#include "profile/profile.h"

/*
 * What a sample weighs.  CPU: its share of the thread's CPU time; samples
 * on a CPU count, see sample_has_cpu().  Off-CPU: the wall time of samples
 * that are not on a CPU.  Wall: that of all.
 */
enum weight_clock { WEIGH_CPU, WEIGH_WALL, WEIGH_OFF_CPU };

/* "cpu", "wall", "off-cpu" */
const char *weight_clock_name(enum weight_clock clock);

/* The samples of one stack, group and state. */
struct cell {
	uint32_t group;
	uint32_t stack;
	uint8_t state;		/* enum thread_state, 0 when not split */
	uint64_t ns;
	uint64_t samples;
};

VEC_DEFINE(cell_vec, struct cell);

struct weigh_request {
	enum weight_clock clock;
	const struct filter *filter;
	/* By thread id: the group its samples fall into; NULL: all 0. */
	const uint32_t *group_of_thread;
	bool by_state;		/* one cell per state */
};

/*
 * What one sample weighs: false when it does not count for the clock, or
 * is filtered out.  `*samples` is 0 for time between samples.
 */
bool weigh_sample(const struct weigh_request *request,
		  const struct profile *profile, const struct sample *sample,
		  uint64_t *ns, uint64_t *samples);

struct weights {
	struct cell_vec cells;	/* in order of group, state, stack */
	uint64_t total_ns;
	uint64_t samples;	/* time too brief for one is none */
};

/* One pass over the samples.  To be released. */
void weights_init(struct weights *weights, const struct profile *profile,
		  const struct weigh_request *request);

void weights_release(struct weights *weights);

#endif
