/* SPDX-License-Identifier: MIT */
/*
 * A profile in memory: one or more recordings, merged.  Ids are indices
 * into the arrays here; those of a second file follow those of the first,
 * except for modules, functions and locations, which are unique.
 *
 * Made by struct profile_builder, never changed after that.
 */
#ifndef CPROF_PROFILE_PROFILE_H
#define CPROF_PROFILE_PROFILE_H

#include "base/arena.h"
#include "base/intern.h"
#include "base/vec.h"
#include "model/metric.h"
#include "model/region.h"
#include "model/run.h"
#include "model/sample.h"
#include "model/stack.h"

#include <stdbool.h>
#include <stdint.h>

/* One file that was read. */
struct profile_file {
	const char *path;
	struct recording_info info;
	bool partial;			/* its recording did not end well */
	uint64_t lost_bytes;		/* behind the last whole chunk */
	uint64_t skipped_chunks;	/* damaged, left out (salvage) */
};

struct profile_run {
	uint32_t file;
	bool ended;			/* `end` is filled */
	struct run_begin begin;
	struct run_end end;
	uint64_t last_ns;		/* end of its last sample */
};

struct profile_process {
	struct process begin;
	bool ended;
	struct process_end end;
};

struct profile_thread {
	struct thread begin;
	const char *name;		/* the last one seen */
	bool ended;
	struct thread_end end;
};

struct profile_module {
	struct module module;
	const char *name;		/* last component of the path */
};

/* A function of a module; also what stands for one without a name. */
struct function {
	const char *name;
	const char *linkage_name;	/* NULL: the same */
	const char *file;		/* NULL: not known */
	uint32_t line;			/* where it begins; 0: not known */
	uint32_t module;
	uint8_t status;			/* enum symbol_status */
};

/* A line of a function, or the function as a whole (line 0). */
struct location {
	uint32_t function;
	uint32_t file;			/* string id, or ID_NONE */
	uint32_t line;
};

/* A frame's locations, innermost first, in profile.chain. */
struct profile_frame {
	struct frame frame;
	uint32_t first;
	uint32_t count;			/* at least 1 */
	uint8_t status;			/* enum symbol_status */
};

/* A metric; its values are count of profile.values from `first` on. */
struct profile_metric {
	struct metric metric;
	size_t first;
	size_t count;
};

struct profile_region {
	struct region region;
	bool counted;			/* `total` is there */
	struct region_total total;
};

/* One call of a region, or a moment. */
struct profile_call {
	uint32_t thread;
	struct region_call call;
};

enum {
	/* What is known of a stack from its special frames. */
	STACK_TRUNCATED = 1,
	STACK_UNREADABLE = 2,
	STACK_BETWEEN_SAMPLES = 4
};

VEC_DEFINE(profile_file_vec, struct profile_file);
VEC_DEFINE(profile_run_vec, struct profile_run);
VEC_DEFINE(profile_process_vec, struct profile_process);
VEC_DEFINE(profile_thread_vec, struct profile_thread);
VEC_DEFINE(profile_module_vec, struct profile_module);
VEC_DEFINE(profile_frame_vec, struct profile_frame);
VEC_DEFINE(profile_metric_vec, struct profile_metric);
VEC_DEFINE(collector_report_vec, struct collector_report);
VEC_DEFINE(profile_region_vec, struct profile_region);
VEC_DEFINE(profile_call_vec, struct profile_call);
VEC_DEFINE(region_label_vec, struct region_label);
VEC_DEFINE(region_losses_vec, struct region_losses);
VEC_DEFINE(pattern_vec, const char *);
VEC_DEFINE(function_vec, struct function);
VEC_DEFINE(u32_vec, uint32_t);
VEC_DEFINE(u8_vec, uint8_t);

struct profile {
	struct arena arena;		/* owns arrays of the runs */
	struct intern strings;		/* owns every string */
	struct profile_file_vec files;
	struct profile_run_vec runs;
	struct profile_process_vec processes;
	struct profile_thread_vec threads;
	struct profile_module_vec modules;
	struct function_vec functions;
	struct intern locations;	/* struct location by id */
	struct u32_vec chain;		/* location ids */
	struct profile_frame_vec frames;
	struct stack_vec stacks;
	struct u8_vec stack_flags;	/* STACK_... */
	struct sample_vec samples;
	struct profile_metric_vec metrics;
	struct metric_value_vec values;	/* by metric, then by time */
	struct collector_report_vec collectors;
	struct profile_region_vec regions;
	/* By thread, then by start; one inside of another comes after it. */
	struct profile_call_vec calls;
	struct region_label_vec region_labels;
	struct region_losses_vec region_losses;	/* one per process */
	struct pattern_vec region_functions;	/* patterns of functions */
	struct pattern_vec unread_modules;	/* paths: marks not read */
};

/* NULL is allowed. */
void profile_free(struct profile *profile);

const struct location *profile_location(const struct profile *profile,
					uint32_t id);

/* The file of a location, or NULL. */
const char *profile_location_file(const struct profile *profile,
				  const struct location *location);

/*
 * The run that stands for all when only one can be shown: the first that was
 * sampled, else the first.  NULL: there is none.
 */
const struct profile_run *profile_main_run(const struct profile *profile);

/* The run that a sample's thread belongs to. */
const struct profile_run *profile_sample_run(const struct profile *profile,
					     const struct sample *sample);

/*
 * Does the sample count for CPU time?  Those on a CPU do, and those that
 * stand in for them: see interval_carries_cpu().
 */
bool sample_has_cpu(const struct sample *sample);

#endif
