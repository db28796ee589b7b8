/* SPDX-License-Identifier: MIT */
/*
 * Where a recording goes: a file, or later a live screen.
 *
 * Definitions come before their first use.  Ids are dense per kind, from 0,
 * in order of the calls.  Strings and arrays are borrowed for the call.
 * A failure is sticky: the sink remembers the first, drops all that
 * follows, and tells it in `finish` (and in `failed`).
 */
#ifndef CPROF_MODEL_SINK_H
#define CPROF_MODEL_SINK_H

#include "base/error.h"
#include "model/metric.h"
#include "model/region.h"
#include "model/run.h"
#include "model/sample.h"
#include "model/stack.h"

#include <stdbool.h>

struct sample_sink;

struct sample_sink_ops {
	void (*run_begin)(struct sample_sink *, const struct run_begin *);
	void (*run_end)(struct sample_sink *, const struct run_end *);
	void (*process)(struct sample_sink *, const struct process *);
	void (*process_end)(struct sample_sink *, const struct process_end *);
	void (*thread)(struct sample_sink *, const struct thread *);
	void (*thread_end)(struct sample_sink *, const struct thread_end *);
	void (*module)(struct sample_sink *, const struct module *);
	void (*frame)(struct sample_sink *, const struct frame *);
	void (*stack)(struct sample_sink *, const struct stack *);
	void (*window)(struct sample_sink *, const struct thread_window *);
	void (*symbol)(struct sample_sink *, const struct symbol *);
	void (*metric)(struct sample_sink *, const struct metric *);
	/* In any order; those of one metric in the order of time. */
	void (*values)(struct sample_sink *, const struct metric_value *,
		       size_t count);
	void (*collector)(struct sample_sink *,
			  const struct collector_report *);
	void (*region)(struct sample_sink *, const struct region *);
	void (*region_calls)(struct sample_sink *,
			     const struct region_window *);
	/* In these, a later one replaces an earlier. */
	void (*region_total)(struct sample_sink *,
			     const struct region_total *);
	void (*region_losses)(struct sample_sink *,
			      const struct region_losses *);
	void (*region_label)(struct sample_sink *,
			     const struct region_label *);
	void (*run_note)(struct sample_sink *, const struct run_note *);
	/* What came so far shall survive a kill: to the kernel, now. */
	void (*flush)(struct sample_sink *);
	bool (*failed)(const struct sample_sink *);
};

struct sample_sink {
	const struct sample_sink_ops *ops;
};

#endif
