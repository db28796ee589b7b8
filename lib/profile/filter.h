/* SPDX-License-Identifier: MIT */
/* Which part of a profile is looked at. */
#ifndef CPROF_PROFILE_FILTER_H
#define CPROF_PROFILE_FILTER_H

#include "base/error.h"
#include "profile/match.h"
#include "profile/profile.h"

/*
 * Threads and processes are those whose name or id fits.  A sample is kept
 * when its stack passes through a module (function, file) that fits, at
 * any depth; when several kinds are given, through one of each; and when it
 * was taken inside of a region that fits, at any depth.  Time is
 * relative to the start of each run; a sample at the border counts with
 * the part of its interval that lies inside.
 */
struct filter_spec {
	struct patterns threads;
	struct patterns processes;
	struct patterns modules;
	struct patterns functions;
	struct patterns files;
	struct patterns regions;
	uint64_t from_ns;
	uint64_t to_ns;			/* 0: to the end */
};

/* Does it keep everything? */
bool filter_spec_is_empty(const struct filter_spec *spec);

/* Does the location itself fit modules, functions and files of `spec`? */
bool filter_spec_fits(const struct filter_spec *spec,
		      const struct profile *profile,
		      const struct location *location);

/* Time in which a region that fits was open, since the start of its run. */
struct filter_span {
	uint32_t run;
	uint64_t from_ns;
	uint64_t to_ns;
};

VEC_DEFINE(filter_span_vec, struct filter_span);

struct filter {
	struct u8_vec threads;		/* by thread id: keep it? */
	struct u8_vec stacks;		/* by stack id: keep it? */
	struct u8_vec regions;		/* by region id: keep it? */
	/* With regions: by run, then time, apart from each other. */
	struct filter_span_vec spans;
	uint64_t from_ns;
	uint64_t to_ns;
};

/*
 * Work `spec` out for `profile`.  -1 (ERROR_NOT_FOUND) when a pattern fits
 * nothing at all in the profile; the message names similar ones.  To be
 * released in both cases.
 */
int filter_init(struct filter *filter, const struct filter_spec *spec,
		const struct profile *profile, struct error *err);

void filter_release(struct filter *filter);

/*
 * The spans of a run, which are all of its time when no regions are asked
 * for: their number, and the first one in `*spans`.  `whole` is room for one.
 */
size_t filter_spans(const struct filter *filter, uint32_t run,
		    struct filter_span *whole,
		    const struct filter_span **spans);

/*
 * How much of a sample is kept: sets `*wall_ns` and `*cpu_ns` to the part
 * of its weights inside.  False when nothing is.
 */
bool filter_sample(const struct filter *filter, const struct profile *profile,
		   const struct sample *sample, uint64_t *wall_ns,
		   uint64_t *cpu_ns);

/*
 * The part of a call that lies inside; its times are not before the start
 * of its run.  False when there is none, or its thread is not kept.
 */
bool filter_call(const struct filter *filter, const struct profile *profile,
		 const struct profile_call *call, struct region_call *inside);

#endif
