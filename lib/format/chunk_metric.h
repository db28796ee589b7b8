/* SPDX-License-Identifier: MIT */
/* METR, METV and COLL chunks: numbers over time. */
#ifndef CPROF_FORMAT_CHUNK_METRIC_H
#define CPROF_FORMAT_CHUNK_METRIC_H

#include "format/chunk_string.h"
#include "model/metric.h"

/*
 * Rows, as in format/chunk_process.h: decoders return false when the row
 * cannot be read; strings belong to the table, ids are not checked.
 */
void metric_encode(struct byte_writer *out, const struct metric *metric,
		   uint32_t name_id, uint32_t source_id);
bool metric_decode(struct byte_reader *in, struct string_table *strings,
		   struct metric *out);

void collector_encode(struct byte_writer *out,
		      const struct collector_report *report,
		      uint32_t name_id, uint32_t note_id);
bool collector_decode(struct byte_reader *in, struct string_table *strings,
		      struct collector_report *out);

/* Sorts `values` by metric and time; at least one. */
void value_chunk_encode(struct byte_writer *out,
			struct metric_value_vec *values);

/*
 * Replace what is in `out`; on failure it is left empty.  Metric ids are
 * not checked; times are less than 2^62.
 */
int value_chunk_decode(struct byte_reader *in, struct metric_value_vec *out,
		       struct error *err);

#endif
