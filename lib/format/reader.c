/* SPDX-License-Identifier: MIT */
#include "format/reader.h"

#include "base/crc32c.h"
#include "base/mem.h"
#include "format/chunk_header.h"
#include "format/chunk_info.h"
#include "format/chunk_string.h"
#include "format/chunk_summary.h"
#include "format/file_view.h"
#include "format/reader_strings.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

enum {
	SCAN_BYTES = 256 * 1024,
	/* Checksums of bad payloads, beyond four times the file: give up. */
	SUSPECT_BYTES_FREE = 16 << 20
};

struct profile_reader {
	struct file_view view;
	enum profile_reader_mode mode;
	struct profile_header header;
	bool header_lost;	/* salvaged without one */
	bool partial;

	uint64_t offset;	/* of the next chunk */
	uint32_t sequence;	/* that it should have */
	bool ended;		/* the trailer has been seen */
	uint64_t lost_bytes;
	struct reader_damage damage;
	uint64_t suspect_bytes;	/* of payloads with a bad checksum */

	ZSTD_DCtx *zstd;
	uint8_t *raw;		/* an uncompressed payload */
	size_t raw_capacity;

	struct recording_info info;
	struct arena arena;	/* holds the strings of `info` */
	struct string_table strings;
};

/* What stands at an offset. */
enum verdict {
	CHUNK_WHOLE,
	CHUNK_BAD,		/* `why` tells */
	CHUNK_FAILED		/* the file could not be read */
};

struct found {
	struct chunk_header header;
	struct chunk chunk;
	const char *why;
	bool header_whole;	/* it is a chunk, but a damaged one */
};

int chunk_error_context(const struct chunk *chunk, struct error *err)
{
	return error_context(err, "chunk %" PRIu32 " at offset %" PRIu64,
			     chunk->sequence, chunk->offset);
}

static enum verdict bad(struct found *found, const char *why)
{
	found->why = why;
	return CHUNK_BAD;
}

static const char *uncompress(struct profile_reader *reader,
			      struct found *found, const uint8_t *stored)
{
	const struct chunk_header *header = &found->header;
	size_t got;

	found->chunk.payload = stored;
	found->chunk.payload_bytes = header->raw_bytes;
	if (!(header->flags & CHUNK_ZSTD))
		return NULL;
	if (header->raw_bytes > reader->raw_capacity) {
		reader->raw_capacity = header->raw_bytes;
		reader->raw = mem_realloc(reader->raw, reader->raw_capacity,
					  1);
	}
	if (!reader->zstd)
		reader->zstd = ZSTD_createDCtx();
	if (!reader->zstd)
		return "no memory to uncompress it";
	got = ZSTD_decompressDCtx(reader->zstd, reader->raw,
				  header->raw_bytes, stored,
				  header->stored_bytes);
	if (ZSTD_isError(got) || got != header->raw_bytes)
		return "cannot be uncompressed";
	found->chunk.payload = reader->raw;
	return NULL;
}

static enum verdict check_header(struct profile_reader *reader,
				 uint64_t offset, struct found *found,
				 struct error *err)
{
	const uint8_t *bytes;
	size_t got;

	found->header_whole = false;
	found->chunk.offset = offset;
	found->chunk.sequence = reader->sequence;
	if (file_view_get(&reader->view, offset, CHUNK_HEADER_BYTES, &bytes,
			  &got, err))
		return CHUNK_FAILED;
	if (got < CHUNK_HEADER_BYTES)
		return bad(found, "cut off");
	found->why = chunk_header_decode(bytes, &found->header);
	if (found->why)
		return CHUNK_BAD;
	if (found->header.session != reader->header.session)
		return bad(found, "belongs to another recording");
	found->header_whole = true;
	return CHUNK_WHOLE;
}

/* Look at what stands at `offset`, without regard to its number. */
static enum verdict check_chunk(struct profile_reader *reader,
				uint64_t offset, struct found *found,
				struct error *err)
{
	const struct chunk_header *header = &found->header;
	enum verdict verdict = check_header(reader, offset, found, err);
	const uint8_t *stored;
	size_t got;

	if (verdict != CHUNK_WHOLE)
		return verdict;
	if (file_view_get(&reader->view, offset + CHUNK_HEADER_BYTES,
			  header->stored_bytes, &stored, &got, err))
		return CHUNK_FAILED;
	if (got < header->stored_bytes)
		return bad(found, "cut off");
	if (crc32c(0, stored, got) != header->payload_crc) {
		reader->suspect_bytes += got;
		return bad(found, "bad checksum");
	}
	found->why = uncompress(reader, found, stored);
	if (found->why)
		return CHUNK_BAD;
	found->chunk.type = header->type;
	found->chunk.version = header->version;
	found->chunk.flags = header->flags;
	found->chunk.sequence = header->sequence;
	found->chunk.stored_bytes = header->stored_bytes;
	return CHUNK_WHOLE;
}

/*
 * Find the next chunk header, from `from` on, of the given session or, when
 * that is NULL, of any.  Returns 1 and where it is, 0 when there is none,
 * -1 on failure.  Every byte is looked at once.
 */
static int find_header(struct profile_reader *reader, uint64_t from,
		       const uint64_t *session, struct chunk_header *header,
		       uint64_t *offset, struct error *err)
{
	const size_t sync_len = sizeof(chunk_sync);
	const uint8_t *bytes, *hit;
	size_t got, starts;

	for (;;) {
		if (file_view_get(&reader->view, from, SCAN_BYTES, &bytes,
				  &got, err))
			return -1;
		if (got < CHUNK_HEADER_BYTES)
			return 0;
		starts = got - CHUNK_HEADER_BYTES + 1;
		for (size_t at = 0; at < starts; at = hit - bytes + 1) {
			hit = memmem(bytes + at, starts - at + sync_len - 1,
				     chunk_sync, sync_len);
			if (!hit)
				break;
			if (chunk_header_decode(hit, header) ||
			    (session && header->session != *session))
				continue;
			*offset = from + (hit - bytes);
			return 1;
		}
		from += starts;
	}
}

/* The rest of the file holds no chunk: a recording that was cut off. */
static int end_here(struct profile_reader *reader)
{
	reader->lost_bytes = reader->view.bytes - reader->offset;
	reader->offset = reader->view.bytes;
	reader->partial = true;
	return 0;
}

static int damaged(const struct found *found, struct error *err)
{
	error_set(err, ERROR_FORMAT, "%s", found->why);
	return chunk_error_context(&found->chunk, err);
}

/*
 * Where to look on after a bad chunk.  Inside of it, because its length may
 * lie; a hostile file could make us sum the same megabyte again and again
 * so, which is why there is an end to the patience.
 */
static uint64_t look_on_from(const struct profile_reader *reader,
			     const struct found *found)
{
	uint64_t patience = 4 * reader->view.bytes + SUSPECT_BYTES_FREE;

	if (!found->header_whole || reader->suspect_bytes <= patience)
		return reader->offset + 1;
	return reader->offset + CHUNK_HEADER_BYTES +
		found->header.stored_bytes;
}

/* Returns 1 to try again at reader->offset, else like _next(). */
static int step_over(struct profile_reader *reader, const struct found *found,
		     struct error *err)
{
	struct chunk_header header;
	uint64_t next;
	int more = find_header(reader, look_on_from(reader, found),
			       &reader->header.session, &header, &next, err);

	if (more < 0)
		return -1;
	if (!more)
		return end_here(reader);
	if (reader->mode == READER_STRICT)
		return damaged(found, err);
	reader->damage.bytes += next - reader->offset;
	reader->damage.places++;
	reader->offset = next;
	return 1;
}

/* Is it the chunk's turn?  1: yes, 0: step over it, -1: damage. */
static int check_sequence(struct profile_reader *reader, struct found *found,
			  struct error *err)
{
	uint32_t sequence = found->chunk.sequence;

	if (sequence == reader->sequence)
		return 1;
	if (reader->mode == READER_STRICT) {
		error_set(err, ERROR_FORMAT, "chunk %" PRIu32 " stands here",
			  sequence);
		found->chunk.sequence = reader->sequence;
		return chunk_error_context(&found->chunk, err);
	}
	if (sequence < reader->sequence) {
		reader->damage.chunks++;
		return 0;
	}
	reader->damage.chunks += sequence - reader->sequence;
	return 1;
}

/* The trailer must be the end. */
static int check_behind(struct profile_reader *reader, struct error *err)
{
	uint64_t behind = reader->view.bytes - reader->offset;

	if (!behind)
		return 0;
	if (reader->mode == READER_STRICT)
		return error_set(err, ERROR_FORMAT,
				 "%" PRIu64
				 " bytes follow the end of the profile",
				 behind);
	reader->damage.bytes += behind;
	reader->damage.places++;
	reader->offset = reader->view.bytes;
	return 0;
}

int profile_reader_next(struct profile_reader *reader, struct chunk *chunk,
			struct error *err)
{
	struct found found;
	int turn;

	while (reader->offset < reader->view.bytes) {
		if (reader->ended)
			return check_behind(reader, err);
		switch (check_chunk(reader, reader->offset, &found, err)) {
		case CHUNK_FAILED:
			return -1;
		case CHUNK_BAD:
			turn = step_over(reader, &found, err);
			if (turn <= 0)
				return turn;
			continue;
		case CHUNK_WHOLE:
			break;
		}
		turn = check_sequence(reader, &found, err);
		if (turn < 0)
			return -1;
		reader->offset += CHUNK_HEADER_BYTES +
			found.chunk.stored_bytes;
		if (!turn)
			continue;
		reader->sequence = found.chunk.sequence + 1;
		reader->ended = found.chunk.type == CHUNK_TAIL;
		*chunk = found.chunk;
		return 1;
	}
	return 0;
}

/* In a file whose header is damaged any chunk tells whose it is. */
static int salvage_header(struct profile_reader *reader)
{
	struct chunk_header header;
	uint64_t offset;

	if (find_header(reader, 0, NULL, &header, &offset, NULL) <= 0)
		return -1;
	reader->header = (struct profile_header){
		.major = PROFILE_MAJOR,
		.minor = PROFILE_MINOR,
		.session = header.session,
	};
	reader->header_lost = true;
	return 0;
}

static int read_header(struct profile_reader *reader, struct error *err)
{
	struct error why = ERROR_INIT;
	const uint8_t *bytes;
	size_t got;

	if (file_view_get(&reader->view, 0, PROFILE_HEADER_BYTES, &bytes,
			  &got, err))
		return -1;
	if (profile_header_decode(bytes, got, &reader->header, &why) == 0)
		return 0;
	if (reader->mode == READER_SALVAGE && why.kind == ERROR_FORMAT &&
	    salvage_header(reader) == 0)
		return 0;
	return error_set(err, why.kind, "%s", why.text);
}

/*
 * 1 and the payload when a whole chunk of this type, version 1, stands at
 * `offset`; 0 when not; -1 when the file cannot be read.
 */
static int read_known(struct profile_reader *reader, uint64_t offset,
		      uint32_t type, struct byte_reader *in,
		      struct error *err)
{
	struct found found;

	switch (check_chunk(reader, offset, &found, err)) {
	case CHUNK_FAILED:
		return -1;
	case CHUNK_BAD:
		return 0;
	case CHUNK_WHOLE:
		break;
	}
	*in = byte_reader_of(found.chunk.payload, found.chunk.payload_bytes);
	return found.chunk.type == type && found.chunk.version == 1;
}

/* 1 and the trailer when there is a good one at the end of the file. */
static int read_tail(struct profile_reader *reader, struct profile_tail *tail,
		     struct error *err)
{
	const uint64_t bytes = CHUNK_HEADER_BYTES + TAIL_PAYLOAD_BYTES;
	struct byte_reader in;
	int found;

	if (reader->view.bytes < PROFILE_HEADER_BYTES + bytes)
		return 0;
	found = read_known(reader, reader->view.bytes - bytes, CHUNK_TAIL,
			   &in, err);
	if (found <= 0)
		return found;
	return byte_reader_left(&in) == TAIL_PAYLOAD_BYTES &&
		tail_chunk_decode(&in, tail, NULL) == 0 &&
		tail->file_bytes == reader->view.bytes;
}

/* INFO is the first chunk; whether it is whole is for _next() to say. */
static int read_info(struct profile_reader *reader, struct error *err)
{
	struct byte_reader in;
	int found;

	reader->info = (struct recording_info){ "", "", "", "", "", 0, 0,
		reader->header.start_realtime_ns };
	found = read_known(reader, PROFILE_HEADER_BYTES, CHUNK_INFO, &in,
			   err);
	if (found > 0)
		info_chunk_decode(&in, &reader->arena, &reader->info, NULL);
	return MIN(found, 0);
}

void profile_reader_rewind(struct profile_reader *reader)
{
	reader->offset = PROFILE_HEADER_BYTES;
	reader->sequence = 0;
	reader->ended = false;
	reader->lost_bytes = 0;
	reader->damage = (struct reader_damage){ 0 };
	if (reader->header_lost) {
		reader->damage.bytes = PROFILE_HEADER_BYTES;
		reader->damage.places = 1;
	}
	reader->suspect_bytes = 0;
	string_table_release(&reader->strings);
	reader->strings.salvage = reader->mode == READER_SALVAGE;
}

static int begin(struct profile_reader *reader, struct error *err)
{
	struct profile_tail tail;
	int whole;

	if (read_header(reader, err))
		return -1;
	/* INFO first: it stands beside the header. */
	if (read_info(reader, err))
		return -1;
	whole = read_tail(reader, &tail, err);
	if (whole < 0)
		return -1;
	reader->partial = !whole;
	profile_reader_rewind(reader);
	return 0;
}

int profile_reader_open(struct profile_reader **out, const char *path,
			enum profile_reader_mode mode, struct error *err)
{
	struct profile_reader *reader = mem_alloc(sizeof(*reader));

	*out = NULL;
	reader->mode = mode;
	reader->view.fd = -1;
	if (profile_reader_reopen(reader, path, err)) {
		profile_reader_close(reader);
		return -1;
	}
	*out = reader;
	return 0;
}

/* All but what serves for any file. */
static void release_file(struct profile_reader *reader)
{
	file_view_release(&reader->view);
	arena_release(&reader->arena);
	string_table_release(&reader->strings);
}

int profile_reader_reopen(struct profile_reader *reader, const char *path,
			  struct error *err)
{
	release_file(reader);
	*reader = (struct profile_reader){
		.mode = reader->mode, .zstd = reader->zstd,
		.raw = reader->raw, .raw_capacity = reader->raw_capacity,
	};
	return file_view_open(&reader->view, path, err) ||
		begin(reader, err) ? -1 : 0;
}

int profile_reader_open_memory(struct profile_reader **out, const void *data,
			       size_t len, enum profile_reader_mode mode,
			       struct error *err)
{
	struct profile_reader *reader = mem_alloc(sizeof(*reader));

	*out = NULL;
	reader->mode = mode;
	file_view_of(&reader->view, data, len);
	if (begin(reader, err)) {
		profile_reader_close(reader);
		return -1;
	}
	*out = reader;
	return 0;
}

void profile_reader_close(struct profile_reader *reader)
{
	if (!reader)
		return;
	release_file(reader);
	ZSTD_freeDCtx(reader->zstd);
	free(reader->raw);
	free(reader);
}

int profile_summary_read(struct profile_reader *reader, struct arena *arena,
			 struct profile_summary *out, struct error *err)
{
	struct profile_tail tail;
	struct byte_reader in;
	int found = read_tail(reader, &tail, err);

	*out = (struct profile_summary){ .run_count = 0 };
	if (found > 0)
		found = read_known(reader, tail.summary_offset, CHUNK_SUMM,
				   &in, err);
	if (found <= 0)
		return found;
	if (summary_chunk_decode(&in, arena, out, NULL) == 0)
		return 1;
	*out = (struct profile_summary){ .run_count = 0 };
	return 0;
}

bool profile_reader_is_partial(const struct profile_reader *reader)
{
	return reader->partial;
}

uint64_t profile_reader_lost_bytes(const struct profile_reader *reader)
{
	return reader->lost_bytes;
}

const struct reader_damage *
profile_reader_damage(const struct profile_reader *reader)
{
	return &reader->damage;
}

const struct profile_header *
profile_reader_header(const struct profile_reader *reader)
{
	return &reader->header;
}

uint64_t profile_reader_file_bytes(const struct profile_reader *reader)
{
	return reader->view.bytes;
}

const struct recording_info *
profile_reader_info(const struct profile_reader *reader)
{
	return &reader->info;
}

enum profile_reader_mode
profile_reader_mode(const struct profile_reader *reader)
{
	return reader->mode;
}

struct string_table *profile_reader_strings(struct profile_reader *reader)
{
	return &reader->strings;
}
