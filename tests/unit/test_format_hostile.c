/* SPDX-License-Identifier: MIT */
/*
 * Files whose sums and numbers are right, and whose content is not: what an
 * attacker, or another program, would write.
 */
#include "format_file.h"

#include "base/clock.h"
#include "format/chunk_module.h"
#include "format/chunk_process.h"
#include "format/chunk_run.h"
#include "format/chunk_stack.h"
#include "format/chunk_summary.h"
#include "format/chunk_window.h"

#include <sys/resource.h>

/* A file under construction; next to it, the chunk under construction. */
struct craft {
	struct byte_writer file;
	struct byte_writer payload;
	uint32_t sequence;
};

static void craft_start(struct craft *craft)
{
	craft_begin(&craft->file, PROFILE_MAJOR);
	byte_writer_clear(&craft->payload);
	craft->sequence = 0;
}

static void craft_end_chunk(struct craft *craft, uint32_t type)
{
	craft_chunk(&craft->file, type, CHUNK_CRITICAL, craft->sequence++,
		    &craft->payload);
	byte_writer_clear(&craft->payload);
}

static void craft_numbers(struct craft *craft, uint32_t type,
			  const uint64_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		write_uvarint(&craft->payload, numbers[i]);
	craft_end_chunk(craft, type);
}

#define CRAFT(craft, type, ...) \
	craft_numbers(craft, type, (const uint64_t[]){ __VA_ARGS__ }, \
		      sizeof((const uint64_t[]){ __VA_ARGS__ }) / 8)

/* One of everything: string, run, process, thread, module, frame, stack. */
static void craft_world(struct craft *craft)
{
	const struct run_begin begin = { .name = "x", .version = "" };

	craft_start(craft);
	CRAFT(craft, CHUNK_STRS, 0, 1, 1, 'x');
	run_begin_encode(&craft->payload, 0, &begin);
	craft_end_chunk(craft, CHUNK_RUNB);
	CRAFT(craft, CHUNK_PROC, 0, 1, 0, 0, 8, 0, 0, 0);
	CRAFT(craft, CHUNK_THRD, 0, 1, 0, 8, 0, 0);
	CRAFT(craft, CHUNK_MODU, 0, 1, MODULE_SPECIAL, 0, 0, 0);
	CRAFT(craft, CHUNK_FRAM, 0, 1, 0, 0);
	CRAFT(craft, CHUNK_STAK, 0, 1, 0, 0);
}

static struct outcome play_craft(const struct craft *craft,
				 enum profile_reader_mode mode)
{
	struct guarded memory = guarded_new(craft->file.len);
	struct outcome out = play_bytes(
		guarded_copy(&memory, craft->file.data, craft->file.len),
		craft->file.len, mode, NULL);

	guarded_free(&memory);
	return out;
}

static void craft_release(struct craft *craft)
{
	byte_writer_release(&craft->file);
	byte_writer_release(&craft->payload);
}

static void a_crafted_world_is_sound(void **state UNUSED)
{
	struct craft craft = { .sequence = 0 };
	struct outcome out;

	craft_world(&craft);
	/* One window: thread 0, 1 interval of 5 * 1000 ns, stack 0. */
	CRAFT(&craft, CHUNK_WIND, 1, 1, 0, 1, 1000, 0, 7, 0, 5, 0, 1, 0, 0);
	out = play_craft(&craft, READER_STRICT);
	assert_ok(out.ret, &out.err);
	assert_int_equal(out.result.samples, 1);
	assert_true(out.partial);
	craft_release(&craft);
}

/* A chunk behind the world, and what the reader must say about it. */
struct bad_chunk {
	uint32_t type;
	uint64_t numbers[24];
	size_t count;
	const char *why;
};

#define BAD(type, why, ...) \
	{ type, { __VA_ARGS__ }, \
	  sizeof((const uint64_t[]){ __VA_ARGS__ }) / 8, why }

static const struct bad_chunk bad_chunks[] = {
	BAD(CHUNK_STAK, "before stack 0", 1, 1, 2, 0),
	BAD(CHUNK_STAK, "frame 1 is not defined", 1, 1, 0, 1),
	BAD(CHUNK_STAK, "begins with stack 0, 1 is the next", 0, 1, 0, 0),
	BAD(CHUNK_STAK, "begins with stack 2, 1 is the next", 2, 1, 0, 0),
	BAD(CHUNK_STAK, "cannot fit", 1, UINT64_C(1) << 60, 0, 0),
	BAD(CHUNK_STAK, "cannot fit", 1, 2, 0, 0),
	BAD(CHUNK_STAK, "bytes too many", 1, 1, 0, 0, 0),
	BAD(CHUNK_STAK, "bytes are missing", UINT64_MAX, 0),
	BAD(CHUNK_FRAM, "module 1 is not defined", 1, 1, 1, 9),
	BAD(CHUNK_FRAM, "cannot fit", 1, UINT64_MAX, 0, 0),
	BAD(CHUNK_FRAM, "ids are too large", UINT32_MAX, 1, 0, 0),
	BAD(CHUNK_FRAM, "begins with frame 4294967294", UINT32_MAX - 1, 1, 0,
	    0),
	BAD(CHUNK_WIND, "thread 1 is not defined",
	    1, 0, 1, 0, 1, 0, 0, 0),
	BAD(CHUNK_WIND, "stack 1 is not defined",
	    1, 1, 0, 1, 1, 0, 0, 0, 5, 2, 1, 0, 0),
	BAD(CHUNK_WIND, "bytes are missing",	/* stack -1 */
	    1, 1, 0, 1, 1, 0, 0, 0, 5, 1, 1, 0, 0),
	BAD(CHUNK_WIND, "cannot fit", UINT64_MAX, 0, 0, 0, 0, 0, 0, 0),
	BAD(CHUNK_WIND, "cannot fit", 0, UINT64_MAX, 0),
	BAD(CHUNK_WIND, "but 1 intervals",	/* window of 2 */
	    1, 1, 0, 2, 1, 0, 0, 0, 5, 0, 1, 0, 0),
	BAD(CHUNK_WIND, "bytes are missing",	/* length overflows */
	    1, 1, 0, 1, 1 << 20, 0, 0, 0, UINT64_MAX, 0, 1, 0, 0),
	BAD(CHUNK_WIND, "bytes are missing",	/* CPU time too large */
	    1, 1, 0, 1, 1, 0, UINT64_MAX, 0, 5, 0, 1, 0, 0),
	BAD(CHUNK_WIND, "bytes are missing",	/* empty run of states */
	    1, 1, 0, 1, 1, 0, 0, 0, 5, 0, 0, 0, 0),
	BAD(CHUNK_WIND, "bytes are missing",	/* run too long */
	    1, 1, 0, 1, 1, 0, 0, 0, 5, 0, 2, 0, 0),
	BAD(CHUNK_PROC, "string 1 is not defined", 1, 1, 0, 0, 8, 0, 1, 0),
	BAD(CHUNK_PROC, "run 1 is not defined", 1, 1, 1, 0, 8, 0, 0, 0),
	BAD(CHUNK_PROC, "parent of process 1 comes later",
	    1, 1, 0, 2, 8, 0, 0, 0),
	BAD(CHUNK_PROC, "bytes are missing", 1, UINT64_MAX),
	BAD(CHUNK_THRD, "process 7 is not defined", 1, 1, 7, 8, 0, 0),
	BAD(CHUNK_THRE, "thread 1 is not defined", 1, 1, 0, 0, 0, 0, 0),
	BAD(CHUNK_PRCE, "process 1 is not defined", 1, 1, 0, 0, 0),
	BAD(CHUNK_RUNE, "run 1 is not defined",
	    1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	    0),
	BAD(CHUNK_MODU, "process 1 is not defined", 1, 1, MODULE_JIT, 2, 0,
	    0),
	BAD(CHUNK_MODU, "bytes are missing",	/* build-id of 33 bytes */
	    1, 1, 0, 0, 0, 33),
	BAD(CHUNK_SYMB, "frame 1 is not defined", 1, 2, 0, 1, 0, 0, 0, 0, 0),
	BAD(CHUNK_SYMB, "bytes are missing",	/* no function */
	    1, 0, 0, 0),
	BAD(CHUNK_SYMB, "string 9 is not defined", 1, 0, 0, 1, 0, 10, 0, 0,
	    0),
	BAD(CHUNK_STRS, "begins with string 0, 1 is the next", 0, 1, 1, 'x'),
	BAD(CHUNK_STRS, "bytes are missing",	/* a NUL in it */
	    1, 1, 1, 0),
	BAD(CHUNK_STRS, "cannot fit", 1, UINT64_C(1) << 40, 0),
	BAD(CHUNK_STRS, "bytes are missing", 1, 1, 1 << 16, 'x'),
};

static void every_lie_of_a_chunk_is_an_error_with_a_reason(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad_chunks); i++) {
		const struct bad_chunk *bad = &bad_chunks[i];
		struct craft craft = { .sequence = 0 };
		struct outcome out;

		craft_world(&craft);
		craft_numbers(&craft, bad->type, bad->numbers, bad->count);
		out = play_craft(&craft, READER_STRICT);
		if (out.ret == 0)
			fail_msg("lie %zu (%s) is believed", i, bad->why);
		if (!strstr(out.err.text, bad->why) ||
		    strncmp(out.err.text, "chunk 7 at offset ", 18))
			fail_msg("lie %zu: '%s', not '%s'", i, out.err.text,
				 bad->why);
		assert_int_equal(out.err.kind, ERROR_FORMAT);
		out = play_craft(&craft, READER_SALVAGE);
		assert_ok(out.ret, &out.err);
		craft_release(&craft);
	}
}

static void totals_that_are_wrong_are_an_error(void **state UNUSED)
{
	const struct summary_runs no_runs = { .count = 0 };
	struct craft craft = { .sequence = 0 };
	struct outcome out;
	struct profile_totals totals = {
		.chunks = 7, .runs = 1, .processes = 1, .threads = 1,
		.modules = 1, .frames = 1, .stacks = 1, .strings = 1,
	};

	for (int samples = 0; samples < 2; samples++) {
		craft_world(&craft);
		totals.samples = samples;
		summary_chunk_encode(&craft.payload, &totals, &no_runs);
		craft_end_chunk(&craft, CHUNK_SUMM);
		out = play_craft(&craft, READER_STRICT);
		assert_int_equal(out.ret, -samples);
	}
	assert_non_null(strstr(out.err.text, "the summary says 1 samples, "
			       "but there are 0"));
	craft_release(&craft);
}

static void module_0_must_be_the_special_one(void **state UNUSED)
{
	struct craft craft = { .sequence = 0 };
	struct outcome out;

	craft_start(&craft);
	CRAFT(&craft, CHUNK_STRS, 0, 1, 1, 'x');
	CRAFT(&craft, CHUNK_MODU, 0, 1, MODULE_FILE, 0, 0, 0);
	out = play_craft(&craft, READER_STRICT);
	assert_int_equal(out.ret, -1);
	assert_non_null(strstr(out.err.text, "module 0"));
	craft_release(&craft);
}

/* The place of a run came late, its level before that: both may be missing. */
static bool is_of_an_early_file(const struct chunk *chunk, size_t len)
{
	const size_t missing = chunk->payload_bytes - len;

	return chunk->type == CHUNK_RUNB && (missing == 3 || missing == 4);
}

/* Every chunk of the world cut short in itself, with sums that are right. */
static void chunks_that_end_too_early_are_errors(void **state UNUSED)
{
	struct craft whole = { .sequence = 0 };
	struct profile_reader *reader;
	struct chunk chunk;
	struct error err = ERROR_INIT;

	craft_world(&whole);
	assert_ok(profile_reader_open_memory(&reader, whole.file.data,
					     whole.file.len, READER_STRICT,
					     &err), &err);
	while (profile_reader_next(reader, &chunk, &err) > 0) {
		for (size_t len = 0; len < chunk.payload_bytes; len++) {
			struct craft cut = { .sequence = chunk.sequence };
			struct outcome out;

			write_bytes(&cut.file, whole.file.data, chunk.offset);
			write_bytes(&cut.payload, chunk.payload, len);
			craft_end_chunk(&cut, chunk.type);
			out = play_craft(&cut, READER_STRICT);
			craft_release(&cut);
			if (is_of_an_early_file(&chunk, len)) {
				assert_ok(out.ret, &out.err);
				continue;
			}
			assert_int_equal(out.ret, -1);
			assert_int_equal(out.err.kind, ERROR_FORMAT);
		}
	}
	profile_reader_close(reader);
	craft_release(&whole);
}

static void unknown_chunks_are_skipped_unless_critical(void **state UNUSED)
{
	const uint32_t type = CHUNK_TYPE('N', 'E', 'W', '\x1b');
	struct craft craft = { .sequence = 0 };
	struct outcome out;

	craft_world(&craft);
	write_u8(&craft.payload, 1);
	craft_chunk(&craft.file, type, 0, craft.sequence++, &craft.payload);
	out = play_craft(&craft, READER_STRICT);
	assert_ok(out.ret, &out.err);
	assert_int_equal(out.result.chunks_skipped, 1);

	craft_end_chunk(&craft, type);
	out = play_craft(&craft, READER_STRICT);
	assert_int_equal(out.ret, -1);
	assert_int_equal(out.err.kind, ERROR_UNSUPPORTED);
	assert_non_null(strstr(out.err.text, "(NEW?, version 1)"));
	craft_release(&craft);
}

static void a_newer_major_version_is_named_with_ours(void **state UNUSED)
{
	struct craft craft = { .sequence = 0 };
	struct outcome out;

	craft_begin(&craft.file, PROFILE_MAJOR + 1);
	out = play_craft(&craft, READER_STRICT);
	assert_int_equal(out.err.kind, ERROR_UNSUPPORTED);
	assert_non_null(strstr(out.err.text, "version 2.7"));
	assert_non_null(strstr(out.err.text, "reads version 1"));
	craft_release(&craft);
}

/* Lengths that a writer never makes; sums are right. */
static void lengths_out_of_bounds_are_refused(void **state UNUSED)
{
	static const struct {
		uint8_t flags;
		uint32_t stored, raw;
		const char *why;
	} cases[] = {
		{ 0, CHUNK_STORED_MAX + 1, CHUNK_STORED_MAX + 1, "larger" },
		{ CHUNK_ZSTD, 100, CHUNK_RAW_MAX + 1, "larger" },
		{ CHUNK_ZSTD, 100, 4096 + 6401, "compressed more" },
		{ CHUNK_ZSTD, 100, 4096 + 6400, "cannot be uncompressed" },
		{ 0, 100, 99, "do not agree" },
		{ 128, 100, 100, "does not know" },
	};
	uint8_t payload[100] = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct craft craft = { .sequence = 0 };
		struct outcome out;

		craft_world(&craft);
		chunk_header_encode(&craft.file, &(struct chunk_header){
			.type = CHUNK_STRS, .version = 1,
			.flags = cases[i].flags | CHUNK_CRITICAL,
			.sequence = craft.sequence++,
			.session = CRAFT_SESSION,
			.stored_bytes = cases[i].stored,
			.raw_bytes = cases[i].raw,
			.payload_crc = crc32c(0, payload, sizeof(payload)) });
		write_bytes(&craft.file, payload, sizeof(payload));
		/* Not the last chunk: else it would be a torn tail. */
		CRAFT(&craft, CHUNK_THRE, 0);
		out = play_craft(&craft, READER_STRICT);
		assert_int_equal(out.ret, -1);
		if (!strstr(out.err.text, cases[i].why))
			fail_msg("case %zu: %s", i, out.err.text);
		craft_release(&craft);
	}
}

static void a_million_empty_chunks_are_read_quickly(void **state UNUSED)
{
	struct craft craft = { .sequence = 0 };
	struct outcome out;
	uint64_t start;

	craft_start(&craft);
	for (int i = 0; i < 1000000; i++)
		craft_chunk(&craft.file, CHUNK_TYPE('N', 'E', 'W', ' '), 0,
			    craft.sequence++, &craft.payload);
	start = clock_monotonic_ns();
	out = play_bytes(craft.file.data, craft.file.len, READER_STRICT,
			 NULL);
	assert_ok(out.ret, &out.err);
	assert_int_equal(out.result.chunks_skipped, 1000000);
	/* 50 ms here; ten seconds would be a loop in a loop. */
	assert_true(clock_monotonic_ns() - start < 10 * NS_PER_S);
	craft_release(&craft);
}

/*
 * Headers every 52 bytes, each of which claims a megabyte with a sum that is
 * wrong: to sum each of them would take a minute.
 */
static void salvaging_does_not_sum_the_same_bytes_for_ever(void **state UNUSED)
{
	struct craft craft = { .sequence = 0 };
	struct outcome out;
	uint64_t start;

	craft_start(&craft);
	for (int i = 0; i < 200000; i++) {
		chunk_header_encode(&craft.file, &(struct chunk_header){
			.type = CHUNK_STRS, .version = 1,
			.session = CRAFT_SESSION,
			.stored_bytes = CHUNK_STORED_MAX,
			.raw_bytes = CHUNK_RAW_MAX, .payload_crc = 1 });
		write_u64le(&craft.file, 0);
	}
	start = clock_monotonic_ns();
	out = play_bytes(craft.file.data, craft.file.len, READER_SALVAGE,
			 NULL);
	assert_ok(out.ret, &out.err);
	assert_int_equal(out.result.samples, 0);
	assert_true(clock_monotonic_ns() - start < 10 * NS_PER_S);
	craft_release(&craft);
}

/* A gap of four milliards of stacks must not be filled with lost ones. */
static void salvaging_invents_no_world(void **state UNUSED)
{
	struct craft craft = { .sequence = 0 };
	struct rusage before, after;
	struct outcome out;

	craft_world(&craft);
	CRAFT(&craft, CHUNK_STAK, UINT32_MAX - 2, 1, 0, 0);
	CRAFT(&craft, CHUNK_WIND, 1, 1, UINT32_MAX - 1, 1, 1, 0, 0, 0, 5, 0,
	      1, 0, 0);
	CRAFT(&craft, CHUNK_STRS, UINT32_MAX, 1, 1, 'x');
	getrusage(RUSAGE_SELF, &before);
	out = play_craft(&craft, READER_SALVAGE);
	getrusage(RUSAGE_SELF, &after);
	assert_ok(out.ret, &out.err);
	assert_int_equal(out.result.chunks_dropped, 3);
	assert_true(after.ru_maxrss - before.ru_maxrss < 100 * 1024);
	craft_release(&craft);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_crafted_world_is_sound),
		cmocka_unit_test(
			every_lie_of_a_chunk_is_an_error_with_a_reason),
		cmocka_unit_test(totals_that_are_wrong_are_an_error),
		cmocka_unit_test(module_0_must_be_the_special_one),
		cmocka_unit_test(chunks_that_end_too_early_are_errors),
		cmocka_unit_test(unknown_chunks_are_skipped_unless_critical),
		cmocka_unit_test(a_newer_major_version_is_named_with_ours),
		cmocka_unit_test(lengths_out_of_bounds_are_refused),
		cmocka_unit_test(a_million_empty_chunks_are_read_quickly),
		cmocka_unit_test(
			salvaging_does_not_sum_the_same_bytes_for_ever),
		cmocka_unit_test(salvaging_invents_no_world),
	};

	return cmocka_run_group_tests_name("format hostile", tests, NULL,
					   NULL);
}
