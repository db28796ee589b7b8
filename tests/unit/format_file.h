/* SPDX-License-Identifier: MIT */
/* Profiles as bytes: made by the writer, or crafted chunk by chunk. */
#ifndef CPROF_TESTS_FORMAT_FILE_H
#define CPROF_TESTS_FORMAT_FILE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "format/chunk_header.h"
#include "format/replay.h"
#include "format/writer.h"

#include "format_random.h"
#include "sink_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* A folder of the test's own. */
struct place {
	char dir[256];
	char *path;		/* a.prof in it */
};

static inline int make_place(void **state)
{
	struct place *place = mem_alloc(sizeof(*place));
	const char *tmp = getenv("TMPDIR");

	snprintf(place->dir, sizeof(place->dir), "%s/cprof-format-XXXXXX",
		 tmp ? tmp : "/tmp");
	if (!mkdtemp(place->dir))
		return -1;
	place->path = mem_printf("%s/a.prof", place->dir);
	*state = place;
	return 0;
}

static inline int remove_place(void **state)
{
	struct place *place = *state;

	unlink(place->path);
	rmdir(place->dir);
	free(place->path);
	free(place);
	return 0;
}

static inline void assert_ok(int ret, const struct error *err)
{
	if (ret < 0)
		fail_msg("%s", err->text);
}

static inline void read_all(const char *path, struct byte_writer *out)
{
	FILE *file = fopen(path, "re");
	uint8_t bytes[4096];
	size_t len;

	assert_non_null(file);
	while ((len = fread(bytes, 1, sizeof(bytes), file)) > 0)
		write_bytes(out, bytes, len);
	fclose(file);
}

/* What a player gives to a writer, as the bytes of the finished file. */
static inline void file_of(void (*play)(struct sample_sink *),
			   uint64_t start_realtime_ns,
			   struct byte_writer *out)
{
	struct recording_info info = data_info;
	struct error err = ERROR_INIT;
	struct profile_writer *writer;
	struct place *place;
	void *state = NULL;

	assert_int_equal(make_place(&state), 0);
	place = state;
	info.start_realtime_ns += start_realtime_ns;
	assert_ok(profile_writer_open(&writer, place->path, WRITER_KEEP,
				      &info, &err), &err);
	play(profile_writer_sink(writer));
	assert_ok(profile_writer_finish(writer, &err), &err);
	profile_writer_close(writer);
	read_all(place->path, out);
	remove_place(&state);
}

/* 300 samples and a sleeper's, 12 kB. */
static inline void play_medium(struct sample_sink *sink)
{
	random_play(sink, &(struct random_recording){
		.threads = 2, .sleepers = 1, .samples = 300,
		.functions = 300, .branch_permille = RANDOM_BRANCH,
		.symbols = true });
}

/*
 * Play the bytes into `log` (may be NULL).  Returns 0 or -1 as
 * profile_replay() does, or when the file cannot be opened.
 */
struct outcome {
	int ret;
	struct error err;
	bool partial;
	uint64_t lost_bytes;
	struct reader_damage damage;
	struct replay_result result;
};

static inline struct outcome play_bytes(const void *data, size_t len,
					enum profile_reader_mode mode,
					struct sample_sink *sink)
{
	static const struct sample_sink_ops nobody = { .run_begin = NULL };
	struct sample_sink deaf = { .ops = &nobody };
	struct outcome out = { .ret = -1 };
	struct profile_reader *reader;

	if (profile_reader_open_memory(&reader, data, len, mode, &out.err))
		return out;
	out.ret = profile_replay(reader, sink ? sink : &deaf, &out.result,
				 &out.err);
	out.partial = profile_reader_is_partial(reader);
	out.lost_bytes = profile_reader_lost_bytes(reader);
	out.damage = *profile_reader_damage(reader);
	profile_reader_close(reader);
	return out;
}

/* `len` bytes that end where memory ends: one more faults. */
struct guarded {
	uint8_t *start;		/* of the mapping */
	size_t bytes;		/* of the mapping, without the guard */
};

static inline struct guarded guarded_new(size_t max)
{
	size_t page = sysconf(_SC_PAGESIZE);
	struct guarded guarded = { .bytes = (max / page + 1) * page };

	guarded.start = mmap(NULL, guarded.bytes + page, PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(guarded.start != MAP_FAILED);
	assert_int_equal(mprotect(guarded.start, guarded.bytes,
				  PROT_READ | PROT_WRITE), 0);
	return guarded;
}

static inline uint8_t *guarded_copy(struct guarded *guarded, const void *data,
				    size_t len)
{
	uint8_t *copy = guarded->start + guarded->bytes - len;

	if (len)
		memcpy(copy, data, len);
	return copy;
}

static inline void guarded_free(struct guarded *guarded)
{
	munmap(guarded->start, guarded->bytes + sysconf(_SC_PAGESIZE));
}

/* Where the chunks of a whole file are: offsets[count] is its length. */
struct chunk_map {
	size_t offsets[256];
	uint32_t types[256];
	uint64_t samples[257];	/* before chunk i */
	size_t count;
};

static inline struct chunk_map chunk_map_of(const struct byte_writer *file)
{
	struct error err = ERROR_INIT;
	struct chunk_map map = { .count = 0 };
	struct profile_reader *reader;
	struct chunk chunk;

	assert_ok(profile_reader_open_memory(&reader, file->data, file->len,
					     READER_STRICT, &err), &err);
	while (profile_reader_next(reader, &chunk, &err) > 0) {
		assert_true(map.count < ARRAY_SIZE(map.offsets) - 1);
		map.types[map.count] = chunk.type;
		map.offsets[map.count++] = chunk.offset;
	}
	map.offsets[map.count] = file->len;
	profile_reader_close(reader);
	for (size_t i = 0; i <= map.count; i++)
		map.samples[i] = play_bytes(file->data, map.offsets[i],
					    READER_STRICT,
					    NULL).result.samples;
	return map;
}

enum { CRAFT_SESSION = 0x1234 };

static inline void craft_begin(struct byte_writer *out, uint16_t major)
{
	byte_writer_clear(out);
	profile_header_encode(out, &(struct profile_header){
		.major = major, .minor = 7, .session = CRAFT_SESSION });
}

/* Add a chunk that is right in every way but in what it says. */
static inline void craft_chunk(struct byte_writer *out, uint32_t type,
			       uint8_t flags, uint32_t sequence,
			       const struct byte_writer *payload)
{
	chunk_header_encode(out, &(struct chunk_header){
		.type = type, .version = 1, .flags = flags,
		.sequence = sequence, .session = CRAFT_SESSION,
		.stored_bytes = payload->len, .raw_bytes = payload->len,
		.payload_crc = crc32c(0, payload->data, payload->len) });
	write_bytes(out, payload->data, payload->len);
}

#endif
