/* SPDX-License-Identifier: MIT */
/* WIND chunks: the samples. */
#ifndef CPROF_FORMAT_CHUNK_WINDOW_H
#define CPROF_FORMAT_CHUNK_WINDOW_H

#include "base/bytes.h"
#include "base/vec.h"
#include "model/sample.h"

enum {
	/* A writer divides windows that have more. */
	WINDOW_INTERVALS_MAX = 16384
};

/* Times and weights in a file are less: sums of a few never overflow. */
#define WINDOW_TIME_MAX (UINT64_C(1) << 62)

VEC_DEFINE(window_vec, struct thread_window);

/*
 * The windows of one chunk.  While intervals are being added, a window's
 * `intervals` pointer is not valid; window_batch_link() sets them all.
 */
struct window_batch {
	struct window_vec windows;
	struct interval_vec intervals;	/* of all windows, in order */
};

#define WINDOW_BATCH_INIT { .windows = VEC_INIT, .intervals = VEC_INIT }

void window_batch_add(struct window_batch *batch,
		      const struct thread_window *window);
void window_batch_link(struct window_batch *batch);
void window_batch_clear(struct window_batch *batch);
void window_batch_release(struct window_batch *batch);

void window_chunk_encode(struct byte_writer *out,
			 const struct window_batch *batch);

/*
 * Replace what is in `out`, linked; on failure it is left empty.  Thread
 * and stack ids are not checked; states that are not known become
 * STATE_OTHER.
 */
int window_chunk_decode(struct byte_reader *in, struct window_batch *out,
			struct error *err);

#endif
