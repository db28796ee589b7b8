/* SPDX-License-Identifier: MIT */
#ifndef CPROF_FORMAT_CHUNK_INFO_H
#define CPROF_FORMAT_CHUNK_INFO_H

#include "base/arena.h"
#include "base/bytes.h"
#include "model/run.h"

void info_chunk_encode(struct byte_writer *out,
		       const struct recording_info *info);

/* Strings go into `arena`.  On failure `*out` is left as it was. */
int info_chunk_decode(struct byte_reader *in, struct arena *arena,
		      struct recording_info *out, struct error *err);

#endif
