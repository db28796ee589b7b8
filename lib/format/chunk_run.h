/* SPDX-License-Identifier: MIT */
#ifndef CPROF_FORMAT_CHUNK_RUN_H
#define CPROF_FORMAT_CHUNK_RUN_H

#include "base/arena.h"
#include "base/bytes.h"
#include "model/run.h"

/* RUNB: `run` is the run's id. */
void run_begin_encode(struct byte_writer *out, uint32_t run,
		      const struct run_begin *begin);

/*
 * Decoders leave fields of newer versions unread; strings and arrays go
 * into `arena`.  On failure `in` has failed.
 */
void run_begin_decode(struct byte_reader *in, struct arena *arena,
		      uint32_t *run, struct run_begin *out);

/* RUNE */
void run_end_encode(struct byte_writer *out, uint32_t run,
		    const struct run_end *end);
void run_end_decode(struct byte_reader *in, uint32_t *run,
		    struct run_end *out);

#endif
