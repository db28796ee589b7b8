/* SPDX-License-Identifier: MIT */
/* Names for the frames of a dump. */
#ifndef CPROF_CMD_DUMP_NAMES_H
#define CPROF_CMD_DUMP_NAMES_H

#include "dump_threads.h"

#include "base/map64.h"

struct frame_name {
	struct source_location *chain;	/* innermost first; in the arena */
	size_t count;
};

VEC_DEFINE(frame_name_vec, struct frame_name);

struct dump_names {
	struct frame_name_vec names;
	struct map64 by_frame;		/* hash of the frame -> index */
};

/* Resolve every frame of `dump` once; strings go into the dump's arena. */
int dump_names_resolve(struct dump_names *names, struct dump *dump,
		       bool debuginfod, struct error *err);
void dump_names_release(struct dump_names *names);

/* NULL when it was not resolved. */
const struct frame_name *dump_names_get(const struct dump_names *names,
					const struct frame *frame);

#endif
