/* SPDX-License-Identifier: MIT */
/*
 * From chunks back to nouns: a profile plays its recording again, into a
 * sample sink.  An in-memory profile is such a sink, and so is a writer.
 */
#ifndef CPROF_FORMAT_REPLAY_H
#define CPROF_FORMAT_REPLAY_H

#include "format/reader.h"
#include "model/sink.h"

struct replay_result {
	uint64_t chunks;	/* read, of any type */
	uint64_t samples;
	uint64_t chunks_skipped;	/* of unknown, skippable types */

	/* READER_SALVAGE only */
	uint64_t chunks_dropped;	/* whole, but without sense */
	uint64_t definitions_lost;	/* replaced by "[lost]" ones */
};

/*
 * Play the whole profile into `sink`, from its first chunk on, in the
 * order of the file.
 *
 * What the sink is told is sound: ids are dense and defined before they
 * are used (in stacks, parent < own id), states are valid, strings are
 * NULL only where the nouns allow it, module 0 is the MODULE_SPECIAL one.
 * Strings of processes, threads, modules and symbols live until the reader
 * is closed, rewound or replayed; all else for the call.  Members of
 * sink->ops may be NULL: nobody listens.
 *
 * With READER_SALVAGE, lost definitions are replaced: strings by "[lost]",
 * frames by SPECIAL_LOST, and frame ids need not be those of the file.
 *
 * `result` may be NULL.  Returns 0, or -1: ERROR_FORMAT ("chunk N at
 * offset O: why"), ERROR_UNSUPPORTED (a critical chunk of unknown type),
 * ERROR_SYSTEM.
 */
int profile_replay(struct profile_reader *reader, struct sample_sink *sink,
		   struct replay_result *result, struct error *err);

#endif
