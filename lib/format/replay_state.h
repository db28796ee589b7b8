/* SPDX-License-Identifier: MIT */
/* What the parts of a replay share; for replay*.c only. */
#ifndef CPROF_FORMAT_REPLAY_STATE_H
#define CPROF_FORMAT_REPLAY_STATE_H

#include "format/chunk_module.h"
#include "format/chunk_stack.h"
#include "format/chunk_window.h"
#include "format/replay.h"
#include "format/summary.h"

enum kind {
	KIND_RUN, KIND_PROCESS, KIND_THREAD, KIND_MODULE, KIND_FRAME,
	KIND_STACK, KIND_METRIC, KIND_REGION, KIND_COUNT
};

struct replay {
	struct profile_reader *reader;
	struct sample_sink *sink;
	struct string_table *strings;
	struct replay_result result;
	bool salvage;
	uint32_t frame_shift;	/* salvage: sink's frame 0 is the lost one */
	uint32_t counts[KIND_COUNT];	/* defined so far, ids of the file */
	struct profile_totals totals;	/* of what the counts do not hold */

	struct frame_vec frames;
	struct stack_vec stacks;
	struct window_batch windows;
	struct location_vec chain;
	struct metric_value_vec values;
};

#define TELL(replay, op, ...) \
	do { \
		struct sample_sink *sink_ = (replay)->sink; \
		if (sink_->ops->op) \
			sink_->ops->op(sink_, __VA_ARGS__); \
	} while (0)

/*
 * `id` must be defined; when salvaging, what is not is defined as lost.
 * -1 with the reason.
 */
int replay_need(struct replay *replay, enum kind kind, uint32_t id,
		struct error *err);

/* `first` must be the next id of its kind; likewise. */
int replay_need_next(struct replay *replay, enum kind kind, uint32_t first,
		     struct error *err);

/* All bytes were read, and all strings are defined. */
int replay_finish(struct replay *replay, struct byte_reader *in,
		  struct error *err);

/* replay_metric.c */
void replay_tell_metric(struct replay *replay, const struct metric *metric);
int replay_metrics(struct replay *replay, struct byte_reader *in,
		   struct error *err);
int replay_values(struct replay *replay, struct byte_reader *in,
		  struct error *err);
int replay_collectors(struct replay *replay, struct byte_reader *in,
		      struct error *err);

/* replay_region.c */
void replay_tell_region(struct replay *replay, const struct region *region);
int replay_regions(struct replay *replay, struct byte_reader *in,
		   struct error *err);
int replay_region_calls(struct replay *replay, struct byte_reader *in,
			struct error *err);
int replay_region_totals(struct replay *replay, struct byte_reader *in,
			 struct error *err);
int replay_region_labels(struct replay *replay, struct byte_reader *in,
			 struct error *err);
int replay_region_losses(struct replay *replay, struct byte_reader *in,
			 struct error *err);
int replay_run_notes(struct replay *replay, struct byte_reader *in,
		     struct error *err);

#endif
