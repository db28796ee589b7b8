/* SPDX-License-Identifier: MIT */
/* What is left of a profile that was cut, changed or put together anew. */
#include "format_file.h"

static void data_small_player(struct sample_sink *sink)
{
	data_small(sink);
}

/* Cut `file` at every byte; every result must be the longest prefix. */
static void cut_everywhere(const struct byte_writer *file)
{
	struct guarded memory = guarded_new(file->len);
	struct chunk_map map = chunk_map_of(file);
	size_t whole = 0;	/* chunks in the cut file */

	for (size_t len = PROFILE_HEADER_BYTES; len < file->len; len++) {
		const uint8_t *cut = guarded_copy(&memory, file->data, len);
		struct outcome out = play_bytes(cut, len, READER_STRICT, NULL);

		while (map.offsets[whole + 1] <= len)
			whole++;
		if (out.ret)
			fail_msg("cut at %zu: %s", len, out.err.text);
		assert_true(out.partial);
		assert_int_equal(out.result.chunks, whole);
		assert_int_equal(out.result.samples, map.samples[whole]);
		assert_int_equal(out.lost_bytes, len - map.offsets[whole]);
	}
	guarded_free(&memory);
}

static void a_cut_file_is_read_to_its_last_whole_chunk(void **state UNUSED)
{
	struct byte_writer file = BYTE_WRITER_INIT;

	file_of(data_small_player, 0, &file);
	cut_everywhere(&file);
	byte_writer_clear(&file);
	file_of(play_medium, 0, &file);
	cut_everywhere(&file);
	byte_writer_release(&file);
}

static void a_file_cut_in_its_header_is_no_profile(void **state UNUSED)
{
	struct byte_writer file = BYTE_WRITER_INIT;
	struct guarded memory = guarded_new(PROFILE_HEADER_BYTES);

	file_of(data_small_player, 0, &file);
	for (size_t len = 0; len < PROFILE_HEADER_BYTES; len++) {
		struct outcome out = play_bytes(
			guarded_copy(&memory, file.data, len), len,
			READER_STRICT, NULL);

		assert_int_equal(out.ret, -1);
		assert_int_equal(out.err.kind, ERROR_FORMAT);
	}
	guarded_free(&memory);
	byte_writer_release(&file);
}

/*
 * A changed file is refused, or it is taken for one that was cut off, and
 * then all that it tells is true: it is how the whole one begins.
 */
static void assert_change_is_seen(const struct byte_writer *file, size_t at,
				  const char *told)
{
	struct sink_log log = SINK_LOG_INIT;
	struct outcome out = play_bytes(file->data, file->len, READER_STRICT,
					&log.sink);
	const char *text = strbuf_text(&log.text);

	if (out.ret == 0 && !out.partial)
		fail_msg("a change at byte %zu is not seen", at);
	if (out.ret == 0 && strncmp(text, told, strlen(text)) != 0)
		fail_msg("a change at byte %zu changes what is told", at);
	if (out.ret && out.err.kind != ERROR_FORMAT &&
	    out.err.kind != ERROR_UNSUPPORTED)
		fail_msg("byte %zu: not an error of format: %s", at,
			 out.err.text);
	strbuf_release(&log.text);
}

/* Salvaging a file with one bad place loses one chunk's samples at most. */
static void assert_rest_is_salvaged(const struct byte_writer *file, size_t at,
				    const struct chunk_map *map,
				    uint64_t samples)
{
	struct outcome out = play_bytes(file->data, file->len, READER_SALVAGE,
					NULL);
	uint64_t lost = 0;

	for (size_t i = 0; i < map->count; i++)
		if (at >= map->offsets[i] && at < map->offsets[i + 1])
			lost = map->samples[i + 1] - map->samples[i];
	if (out.ret)
		fail_msg("byte %zu: not salvaged: %s", at, out.err.text);
	if (out.result.samples + lost < samples)
		fail_msg("byte %zu: %" PRIu64 " samples of %" PRIu64, at,
			 out.result.samples, samples);
}

static void flip(struct byte_writer *file, unsigned int bits)
{
	struct sink_log log = SINK_LOG_INIT;
	struct chunk_map map = chunk_map_of(file);

	play_bytes(file->data, file->len, READER_STRICT, &log.sink);
	for (size_t at = 0; at < file->len; at++) {
		for (unsigned int i = 0; i < bits; i++) {
			uint8_t bit = 1 << (bits == 1 ? at % 8 : i);

			file->data[at] ^= bit;
			assert_change_is_seen(file, at,
					      strbuf_text(&log.text));
			if (i == 0)
				assert_rest_is_salvaged(file, at, &map,
							log.samples);
			file->data[at] ^= bit;
		}
	}
	strbuf_release(&log.text);
}

static void every_bit_that_changes_is_seen(void **state UNUSED)
{
	struct byte_writer file = BYTE_WRITER_INIT;

	file_of(data_small_player, 0, &file);
	flip(&file, 8);
	byte_writer_release(&file);
}

static void every_byte_that_changes_in_a_longer_file_is_seen(void **state
							      UNUSED)
{
	struct byte_writer file = BYTE_WRITER_INIT;

	file_of(play_medium, 0, &file);
	flip(&file, 1);
	byte_writer_release(&file);
}

/* What a crash leaves: a tail of zeros, or of another file's old bytes. */
static void a_tail_of_zeros_or_old_bytes_is_cut_off(void **state UNUSED)
{
	struct byte_writer file = BYTE_WRITER_INIT;
	struct byte_writer old = BYTE_WRITER_INIT;

	file_of(data_small_player, 0, &file);
	file_of(data_small_player, 1, &old);
	/* The last bytes are the same in both. */
	for (size_t at = PROFILE_HEADER_BYTES; at + 24 < file.len; at += 13) {
		struct byte_writer torn = BYTE_WRITER_INIT;
		struct outcome out;

		write_bytes(&torn, file.data, at);
		write_bytes(&torn, old.data + at, old.len - at);
		out = play_bytes(torn.data, torn.len, READER_STRICT, NULL);
		assert_ok(out.ret, &out.err);
		assert_true(out.partial);

		memset(torn.data + at, 0, torn.len - at);
		out = play_bytes(torn.data, torn.len, READER_STRICT, NULL);
		assert_ok(out.ret, &out.err);
		assert_true(out.partial);
		byte_writer_release(&torn);
	}
	byte_writer_release(&file);
	byte_writer_release(&old);
}

/*
 * Power was lost: of the pages that were written, some are on the disk, some
 * hold zeros, some what was there before.
 */
static void torn_pages_are_seen_and_the_rest_is_salvaged(void **state UNUSED)
{
	enum { PAGE = 512 };
	struct random_player chance = { .seed = 4711 };
	struct byte_writer file = BYTE_WRITER_INIT;

	file_of(play_medium, 0, &file);
	for (int round = 0; round < 300; round++) {
		struct byte_writer torn = BYTE_WRITER_INIT;
		struct outcome out;

		write_bytes(&torn, file.data, file.len);
		for (size_t at = 0; at + PAGE < file.len; at += PAGE)
			if (random_below(&chance, 10) == 0)
				memset(torn.data + at,
				       random_below(&chance, 2) * 0xa5, PAGE);
		out = play_bytes(torn.data, torn.len, READER_STRICT, NULL);
		assert_true(out.ret || out.partial ||
			    memcmp(torn.data, file.data, file.len) == 0);
		out = play_bytes(torn.data, torn.len, READER_SALVAGE, NULL);
		assert_true(out.ret == 0 || out.err.kind == ERROR_FORMAT);
		byte_writer_release(&torn);
	}
	byte_writer_release(&file);
}

/* Put pieces [from, to) of chunks together; ends with -1. */
static void join(struct byte_writer *out, const struct byte_writer *file,
		 const struct chunk_map *map, const size_t *pieces)
{
	byte_writer_clear(out);
	write_bytes(out, file->data, PROFILE_HEADER_BYTES);
	for (; *pieces != SIZE_MAX; pieces += 2)
		write_bytes(out, file->data + map->offsets[pieces[0]],
			    map->offsets[pieces[1]] -
			    map->offsets[pieces[0]]);
}

static void assert_refused(const struct byte_writer *file, const char *what)
{
	struct outcome out = play_bytes(file->data, file->len, READER_STRICT,
					NULL);

	if (out.ret == 0)
		fail_msg("%s is not seen", what);
	assert_int_equal(out.err.kind, ERROR_FORMAT);
	assert_non_null(strstr(out.err.text, " at offset "));
	out = play_bytes(file->data, file->len, READER_SALVAGE, NULL);
	assert_ok(out.ret, &out.err);
	assert_true(out.damage.chunks || out.damage.bytes);
}

static void chunks_that_are_missing_doubled_or_swapped_are_seen(void **state
								 UNUSED)
{
	struct byte_writer file = BYTE_WRITER_INIT, cut = BYTE_WRITER_INIT;
	struct chunk_map map;

	file_of(data_small_player, 0, &file);
	map = chunk_map_of(&file);
	for (size_t i = 0; i + 1 < map.count; i++) {
		const size_t end = map.count;

		join(&cut, &file, &map, (const size_t[]){
			0, i, i + 1, end, SIZE_MAX });
		assert_refused(&cut, "a missing chunk");
		join(&cut, &file, &map, (const size_t[]){
			0, i + 1, i, end, SIZE_MAX });
		assert_refused(&cut, "a doubled chunk");
		join(&cut, &file, &map, (const size_t[]){
			0, i, i + 1, i + 2, i, i + 1, i + 2, end, SIZE_MAX });
		assert_refused(&cut, "a swap of chunks");
	}
	byte_writer_release(&cut);
	byte_writer_release(&file);
}

static void a_chunk_of_another_recording_is_seen(void **state UNUSED)
{
	struct byte_writer file = BYTE_WRITER_INIT, other = BYTE_WRITER_INIT;
	struct chunk_map map;

	file_of(data_small_player, 0, &file);
	file_of(data_small_player, 1, &other);
	map = chunk_map_of(&file);
	assert_int_equal(file.len, other.len);
	for (size_t i = 0; i + 1 < map.count; i++) {
		size_t len = map.offsets[i + 1] - map.offsets[i];
		struct byte_writer mixed = BYTE_WRITER_INIT;

		write_bytes(&mixed, file.data, file.len);
		memcpy(mixed.data + map.offsets[i],
		       other.data + map.offsets[i], len);
		assert_refused(&mixed, "a foreign chunk");
		byte_writer_release(&mixed);
	}
	byte_writer_release(&file);
	byte_writer_release(&other);
}

static void bytes_behind_the_end_are_seen(void **state UNUSED)
{
	struct byte_writer file = BYTE_WRITER_INIT;
	struct outcome out;

	file_of(data_small_player, 0, &file);
	write_u8(&file, 0);
	out = play_bytes(file.data, file.len, READER_STRICT, NULL);
	assert_int_equal(out.ret, -1);
	assert_string_equal(out.err.text,
			    "1 bytes follow the end of the profile");
	byte_writer_release(&file);
}

static void a_salvaged_file_tells_of_lost_definitions(void **state UNUSED)
{
	struct byte_writer file = BYTE_WRITER_INIT, cut = BYTE_WRITER_INIT;
	struct chunk_map map;

	file_of(data_small_player, 0, &file);
	map = chunk_map_of(&file);
	for (size_t i = 0; i + 1 < map.count; i++) {
		struct sink_log log = SINK_LOG_INIT;
		struct outcome out;

		join(&cut, &file, &map, (const size_t[]){
			0, i, i + 1, map.count, SIZE_MAX });
		out = play_bytes(cut.data, cut.len, READER_SALVAGE, &log.sink);
		assert_ok(out.ret, &out.err);
		assert_int_equal(out.damage.chunks, 1);
		assert_int_equal(out.result.samples, log.samples);
		if (map.types[i] != CHUNK_WIND)
			assert_int_equal(log.samples, 12);
		if (map.types[i] == CHUNK_THRD || map.types[i] == CHUNK_STRS)
			assert_non_null(strstr(strbuf_text(&log.text),
					       "[lost]"));
		strbuf_release(&log.text);
	}
	byte_writer_release(&cut);
	byte_writer_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cut_file_is_read_to_its_last_whole_chunk),
		cmocka_unit_test(a_file_cut_in_its_header_is_no_profile),
		cmocka_unit_test(every_bit_that_changes_is_seen),
		cmocka_unit_test(
			every_byte_that_changes_in_a_longer_file_is_seen),
		cmocka_unit_test(a_tail_of_zeros_or_old_bytes_is_cut_off),
		cmocka_unit_test(torn_pages_are_seen_and_the_rest_is_salvaged),
		cmocka_unit_test(
			chunks_that_are_missing_doubled_or_swapped_are_seen),
		cmocka_unit_test(a_chunk_of_another_recording_is_seen),
		cmocka_unit_test(bytes_behind_the_end_are_seen),
		cmocka_unit_test(a_salvaged_file_tells_of_lost_definitions),
	};

	return cmocka_run_group_tests_name("format damage", tests, NULL,
					   NULL);
}
