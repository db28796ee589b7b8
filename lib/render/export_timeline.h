/* SPDX-License-Identifier: MIT */
/* Samples in order of thread and time, for formats that show time. */
#ifndef CPROF_RENDER_EXPORT_TIMELINE_H
#define CPROF_RENDER_EXPORT_TIMELINE_H

#include "render/export_paths.h"
#include "render/view.h"

struct moment {
	uint64_t start_ns;	/* since timeline.epoch_ns */
	uint64_t end_ns;
	uint64_t ns;		/* what it weighs on the view's clock */
	uint64_t cpu_ns;	/* CPU weight, see timeline_fit_cpu() */
	uint64_t samples;
	uint32_t path;
	bool on_cpu;		/* for as long as it lasts */
};

VEC_DEFINE(moment_vec, struct moment);
VEC_DEFINE(u64_vec, uint64_t);

struct timeline {
	/* Moments of thread t: from first.items[t] up to first.items[t+1]. */
	struct moment_vec moments;
	struct u32_vec first;
	struct u64_vec began;		/* by thread: when, as moments */
	uint64_t epoch_ns;	/* realtime of 0; 0: not known */
	struct u64_vec offsets;	/* by file: where its clock 0 is */
};

enum {
	TIMELINE_MERGE = 1,		/* equal paths without time between */
	TIMELINE_MERGE_GAPS = 2,	/* equal paths that follow each other */
};

/*
 * All samples that count for the view; those of several recordings are
 * where the clock on the wall says.  To be released.
 */
void timeline_init(struct timeline *timeline, const struct view *view,
		   struct export_paths *paths, unsigned int flags);
void timeline_release(struct timeline *timeline);

/*
 * Make `cpu_ns` of all moments what each used of a CPU since the end of the
 * one before (the first: since its thread began): never more than that time.
 * Weights are for sums: a short
 * moment has as much as a long one.  The sum of a thread stays what it is,
 * unless all its moments together are shorter.
 */
void timeline_fit_cpu(struct timeline *timeline);

#endif
