/* SPDX-License-Identifier: MIT */
/* What the parts of a builder share; for builder*.c only. */
#ifndef CPROF_PROFILE_BUILDER_STATE_H
#define CPROF_PROFILE_BUILDER_STATE_H

#include "profile/builder.h"

/* Ids of the current file plus these are ids of the profile. */
struct bases {
	uint32_t run;
	uint32_t process;
	uint32_t thread;
	uint32_t frame;
	uint32_t stack;
	uint32_t metric;
	uint32_t region;
};

struct profile_builder {
	struct sample_sink sink;
	struct profile *profile;
	struct bases base;
	struct u32_vec module_ids;	/* of the current file */
	struct intern module_keys;	/* id: of the profile */
	struct intern function_keys;	/* id: of the profile */
	struct error error;
};

static inline struct profile_builder *builder_of(struct sample_sink *sink)
{
	return container_of(sink, struct profile_builder, sink);
}

/* Something refers to what was never defined; the first one is told. */
void builder_fail(struct profile_builder *builder, const char *what,
		  uint64_t id);

/* The text, kept for as long as the profile; NULL stays NULL, or is "". */
const char *builder_keep(struct profile_builder *builder, const char *text);
const char *builder_keep_name(struct profile_builder *builder,
			      const char *text);

/* builder_metric.c */
void builder_metric(struct sample_sink *sink, const struct metric *metric);
void builder_values(struct sample_sink *sink,
		    const struct metric_value *values, size_t count);
void builder_collector(struct sample_sink *sink,
		       const struct collector_report *report);
/* Sort the values; each metric knows its own then. */
void builder_finish_metrics(struct profile_builder *builder);

/* builder_region.c */
void builder_region(struct sample_sink *sink, const struct region *region);
void builder_region_calls(struct sample_sink *sink,
			  const struct region_window *window);
void builder_region_total(struct sample_sink *sink,
			  const struct region_total *total);
void builder_region_losses(struct sample_sink *sink,
			   const struct region_losses *losses);
void builder_region_label(struct sample_sink *sink,
			  const struct region_label *label);
void builder_run_note(struct sample_sink *sink, const struct run_note *note);
/* builder_function.c: functions that were asked for become regions. */
void builder_region_functions(struct profile_builder *builder);
/* Sort the calls; each sample knows its region then. */
void builder_finish_regions(struct profile_builder *builder);

#endif
