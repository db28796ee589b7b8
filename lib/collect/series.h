/* SPDX-License-Identifier: MIT */
/* The series of one collector, and which of their values are worth telling. */
#ifndef CPROF_COLLECT_SERIES_H
#define CPROF_COLLECT_SERIES_H

#include "model/sink.h"

struct series_table;

struct series_table *series_table_new(void);
void series_table_free(struct series_table *table);

/*
 * The number of the series that `metric` names, which is made when it is
 * not there.  Name and source are borrowed for good, and two names are the
 * same when their pointers are.
 */
uint32_t series_number(struct series_table *table,
		       const struct metric *metric);

/*
 * Tell `sink` of `values`, whose `metric` is a number of the table.  In a
 * row of equal values, only the first and the last are told; a series that
 * was never anything but 0 (a sum that never grew, a gauge that never
 * moved from 0) is not told at all.  New metrics take ids from `*next_id`.
 */
void series_tell(struct series_table *table,
		 const struct metric_value_vec *values,
		 struct sample_sink *sink, uint32_t *next_id);

/* The ends of rows that were still open. */
void series_finish(struct series_table *table, struct sample_sink *sink);

#endif
