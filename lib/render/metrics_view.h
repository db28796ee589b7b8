/* SPDX-License-Identifier: MIT */
/* Numbers over time: memory, resources, counters, all of them in one chart. */
#ifndef CPROF_RENDER_METRICS_VIEW_H
#define CPROF_RENDER_METRICS_VIEW_H

#include "base/json.h"
#include "profile/series.h"
#include "render/text.h"
#include "render/view.h"

/* Does the view (VIEW_MEMORY, ...) show metrics of this source? */
bool metrics_view_shows(enum view_kind kind, const struct metric *metric);

/* "memory", "resources", ...; the reverse is -1 for what is none. */
const char *metrics_view_name(enum view_kind kind);
int metrics_view_find(const char *name);

/* Add the view as text. */
void metrics_text(struct strbuf *out, const struct text_style *style,
		  const struct view *view);
void timeline_text(struct strbuf *out, const struct text_style *style,
		   const struct view *view);

/* Put its members into `root`. */
void metrics_json(json_t *root, const struct view *view);

/*
 * CPU time of all threads in `count` equal pieces of the run, as the filter
 * leaves it: threads running on average.  `waiting`: for a CPU, likewise.
 */
void threads_in_pieces(double *running, double *waiting, size_t count,
		       uint64_t end_ns, const struct view *view, uint32_t run);

/*
 * Of the run, the metrics that the view shows, in the order in which it
 * does; the list of ids is to be released.
 */
void metrics_of_run(struct u32_vec *ids, const struct view *view,
		    uint32_t run);

/*
 * Is it one of those that a person looks at one by one?  Those of threads
 * and processes have tables, unless the program counts them.
 */
bool metric_in_charts(const struct profile_metric *metric);

/* "1 MB at first, 3 MB at the peak (after 2 s), ..."; or nothing. */
void memory_add_text(struct strbuf *out, const struct overview *overview);

/* The same of one run; `peak_ns` since its start. */
void memory_add_facts(struct strbuf *out, const struct memory_facts *memory,
		      uint64_t peak_ns);

/* "12.3 MB", "4.5 s", "-3", "12%": a value of that unit. */
void metric_add_value(struct strbuf *out, enum metric_unit unit,
		      double value);

/* "12.3 MB/s", "83%" (of a CPU), "12/s" */
void metric_add_rate(struct strbuf *out, enum metric_unit unit, double rate);

/* The metric's name, and whose it is where that is not all. */
void metric_add_name(struct strbuf *out, const struct profile *profile,
		     const struct profile_metric *metric);

#endif
