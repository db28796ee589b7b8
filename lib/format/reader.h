/* SPDX-License-Identifier: MIT */
/*
 * A profile file as a sequence of checked chunks.  What the chunks mean is
 * told by format/replay.h, which is what most callers want.
 */
#ifndef CPROF_FORMAT_READER_H
#define CPROF_FORMAT_READER_H

#include "base/error.h"
#include "format/chunk.h"
#include "model/run.h"

#include <stdbool.h>

struct profile_reader;

enum profile_reader_mode {
	READER_STRICT,		/* damage is an error */
	READER_SALVAGE,		/* step over damage and count it */
};

/*
 * Open the profile at `path` and check its header.
 *
 * Returns 0 and stores a new reader in `*out`; the caller owns it and
 * ends it with profile_reader_close().  Returns -1 and stores NULL in
 * `*out` on failure; the error does not name the file:
 *
 *   ERROR_SYSTEM       the file cannot be opened or read
 *   ERROR_FORMAT       it is not a cprof profile, or its header is damaged
 *   ERROR_UNSUPPORTED  it was written by a newer major version
 *
 * A profile whose recording was killed has no trailer and may end in the
 * middle of a chunk.  That is not an error: profile_reader_is_partial()
 * is true, the reader stops after the last whole chunk, and
 * profile_reader_lost_bytes() says how much was dropped.
 */
int profile_reader_open(struct profile_reader **out, const char *path,
			enum profile_reader_mode mode, struct error *err);

/*
 * Let go of the file and open another one in the same mode, which is cheaper
 * than a new reader.  On failure the reader has no file: open another one,
 * or close it.
 */
int profile_reader_reopen(struct profile_reader *reader, const char *path,
			  struct error *err);

/* profile_reader_open() for bytes in memory, which are borrowed until close. */
int profile_reader_open_memory(struct profile_reader **out, const void *data,
			       size_t len, enum profile_reader_mode mode,
			       struct error *err);

/* End the reader.  Every pointer it handed out dies.  NULL is allowed. */
void profile_reader_close(struct profile_reader *reader);

/*
 * Step to the next chunk.
 *
 * Returns 1 and fills `*chunk`, 0 at the end of the profile, or -1:
 * ERROR_FORMAT ("chunk 17 at offset 81920: bad checksum") on a damaged
 * chunk that is not the last one, never in READER_SALVAGE; ERROR_SYSTEM when
 * the file cannot be read.  `chunk->payload` is valid until the next call.
 */
int profile_reader_next(struct profile_reader *reader, struct chunk *chunk,
			struct error *err);

/* Begin again with the first chunk; strings of a replay die. */
void profile_reader_rewind(struct profile_reader *reader);

/* No trailer at the end: the recording was killed, or goes on. */
bool profile_reader_is_partial(const struct profile_reader *reader);

/*
 * Bytes after the last whole chunk, known once profile_reader_next() has
 * returned 0; 0 when the recording ended well.
 */
uint64_t profile_reader_lost_bytes(const struct profile_reader *reader);

/* What READER_SALVAGE stepped over, up to here. */
struct reader_damage {
	uint64_t bytes;		/* that belong to no whole chunk */
	uint64_t places;	/* runs of such bytes */
	uint64_t chunks;	/* missing in the sequence, or out of it */
};

/* So far; after the last chunk, of the whole file. */
const struct reader_damage *
profile_reader_damage(const struct profile_reader *reader);

struct profile_header {
	uint16_t major;
	uint16_t minor;
	uint64_t session;		/* the same in every chunk */
	uint64_t start_realtime_ns;	/* since the Unix epoch */
};

const struct profile_header *
profile_reader_header(const struct profile_reader *reader);

/* Bytes of the whole file. */
uint64_t profile_reader_file_bytes(const struct profile_reader *reader);

/*
 * About the machine.  Never NULL; strings are "" and numbers 0 when the
 * INFO chunk is lost.  Lives as long as the reader.
 */
const struct recording_info *
profile_reader_info(const struct profile_reader *reader);

/* Add "chunk N at offset O" in front of an error about this chunk. */
int chunk_error_context(const struct chunk *chunk, struct error *err);

#endif
