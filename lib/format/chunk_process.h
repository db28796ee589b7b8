/* SPDX-License-Identifier: MIT */
/* Rows of PROC, PRCE, THRD and THRE chunks. */
#ifndef CPROF_FORMAT_CHUNK_PROCESS_H
#define CPROF_FORMAT_CHUNK_PROCESS_H

#include "format/chunk_string.h"
#include "model/run.h"

/*
 * Decoders return false when the row cannot be read; chunk_finish() tells
 * why.  Strings belong to the table.  Ids of runs, processes and threads
 * are not checked here.
 */
void process_encode(struct byte_writer *out, const struct process *process,
		    uint32_t name_id, uint32_t exe_id);
bool process_decode(struct byte_reader *in, struct string_table *strings,
		    struct process *out);

void process_end_encode(struct byte_writer *out,
			const struct process_end *end);
bool process_end_decode(struct byte_reader *in, struct process_end *out);

void thread_encode(struct byte_writer *out, const struct thread *thread,
		   uint32_t name_id);
bool thread_decode(struct byte_reader *in, struct string_table *strings,
		   struct thread *out);

void thread_end_encode(struct byte_writer *out, const struct thread_end *end,
		       uint32_t name_id);
bool thread_end_decode(struct byte_reader *in, struct string_table *strings,
		       struct thread_end *out);

#endif
