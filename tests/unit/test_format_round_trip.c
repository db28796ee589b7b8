/* SPDX-License-Identifier: MIT */
#include "format/summary.h"

#include "format/chunk_run.h"
#include "format/region_sums.h"

#include "format_file.h"

static void write_small(const char *path)
{
	struct error err = ERROR_INIT;
	struct profile_writer *writer;

	assert_ok(profile_writer_open(&writer, path, WRITER_REPLACE,
				      &data_info, &err), &err);
	data_small(profile_writer_sink(writer));
	assert_ok(profile_writer_finish(writer, &err), &err);
	profile_writer_close(writer);
}

/* Lines of one kind, in their order. */
static char *lines_of(const char *text, const char *kind)
{
	struct strbuf out = STRBUF_INIT;
	bool take = false;

	while (*text) {
		const char *end = strchr(text, '\n') + 1;

		if (*text != ' ')
			take = !strncmp(text, kind, strlen(kind));
		if (take)
			strbuf_add_bytes(&out, text, end - text);
		text = end;
	}
	return strbuf_take(&out);
}

/* What is told is the same; kinds may have changed places. */
static void assert_same_told(const char *got, const char *want)
{
	static const char *const kinds[] = {
		"run", "process", "thread", "module", "frame", "stack",
		"window", "symbol", "metric", "value", "collector",
		"region", "calls", "total", "note"
	};

	assert_int_equal(strlen(got), strlen(want));
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		char *a = lines_of(got, kinds[i]);
		char *b = lines_of(want, kinds[i]);

		if (a || b)
			assert_string_equal(a, b);
		free(a);
		free(b);
	}
}

static void a_profile_tells_what_the_writer_was_told(void **state)
{
	struct place *place = *state;
	struct sink_log want = SINK_LOG_INIT, got = SINK_LOG_INIT;
	struct error err = ERROR_INIT;
	struct profile_reader *reader;
	struct replay_result result;

	data_small(&want.sink);
	write_small(place->path);
	assert_ok(profile_reader_open(&reader, place->path, READER_STRICT,
				      &err), &err);
	assert_false(profile_reader_is_partial(reader));
	assert_ok(profile_replay(reader, &got.sink, &result, &err), &err);
	assert_same_told(strbuf_text(&got.text), strbuf_text(&want.text));
	assert_int_equal(result.samples, 12);
	assert_int_equal(profile_reader_lost_bytes(reader), 0);
	profile_reader_close(reader);
	strbuf_release(&want.text);
	strbuf_release(&got.text);
}

static void a_summary_is_read_without_the_rest(void **state)
{
	struct place *place = *state;
	struct error err = ERROR_INIT;
	struct profile_summary summary;
	struct arena arena = ARENA_INIT;
	struct profile_reader *reader;

	write_small(place->path);
	assert_ok(profile_reader_open(&reader, place->path, READER_STRICT,
				      &err), &err);
	assert_string_equal(profile_reader_info(reader)->host, "there");
	assert_int_equal(profile_reader_info(reader)->cpu_count, 2);
	assert_int_equal(profile_summary_read(reader, &arena, &summary,
					      &err), 1);
	assert_int_equal(summary.totals.samples, 12);
	assert_int_equal(summary.totals.stacks, 13);
	assert_int_equal(summary.run_count, 3);
	assert_string_equal(summary.runs[0].begin.version, "1.0");
	assert_string_equal(summary.runs[0].begin.argv[4], hostile_name);
	assert_true(summary.runs[1].ended);
	assert_int_equal(summary.runs[0].end.exit_status, 256);
	assert_int_equal(summary.runs[2].begin.kind, RUN_PLAIN);
	assert_int_equal(summary.runs[2].begin.place.pair, 7);
	/* What the program itself said. */
	assert_string_equal(summary.runs[0].begin.name, "named");
	assert_string_equal(summary.runs[1].begin.name, "app");
	assert_int_equal(summary.runs[0].begin.label_count, 3);
	assert_string_equal(summary.runs[0].begin.labels[2].key, "k");
	assert_int_equal(summary.region_count, 1);
	assert_string_equal(summary.regions[0].name, hostile_name);
	assert_int_equal(summary.regions[0].run, 0);
	assert_int_equal(summary.regions[0].calls, 4);
	assert_int_equal(summary.regions[0].total_ns, 1 << 30);
	arena_release(&arena);
	profile_reader_close(reader);
}

/* "outer" calls "inner", which calls "outer" again; another process, too. */
static void sums_of_regions_count_time_once(void **state)
{
	const struct region regions[] = {
		{ 0, ID_NONE, REGION_SCOPE, "outer" },
		{ 0, 0, REGION_SCOPE, "inner" },
		{ 0, 1, REGION_SCOPE, "outer" },
		{ 0, 0, REGION_EVENT, "moment" },
		{ 1, ID_NONE, REGION_SCOPE, "inner" },
	};
	const uint64_t total_ns[] = { 100, 60, 50, 1, 7 };
	struct byte_writer out = BYTE_WRITER_INIT;
	struct intern strings = INTERN_INIT;
	struct region_sums sums = { .note_count = 0 };
	struct profile_summary got = { .run_count = 0 };
	struct arena arena = ARENA_INIT;
	struct byte_reader in;

	region_sums_process(&sums, 0);
	region_sums_process(&sums, 0);
	for (uint32_t i = 0; i < ARRAY_SIZE(regions); i++) {
		region_sums_region(&sums, &regions[i],
				   intern_string(&strings, regions[i].name,
						 NULL));
		/* A later sum replaces an earlier one. */
		for (uint64_t calls = 1; calls <= 2; calls++)
			region_sums_total(&sums, &(struct region_total){
				.region = i, .calls = calls,
				.total_ns = total_ns[i], .max_ns = i });
	}
	region_sums_encode(&out, &sums, &strings);
	in = byte_reader_of(out.data, out.len);
	region_sums_decode(&in, &arena, &got);
	assert_false(in.failed);
	assert_int_equal(got.region_count, 2);
	assert_string_equal(got.regions[0].name, "outer");
	assert_int_equal(got.regions[0].calls, 4);
	assert_int_equal(got.regions[0].total_ns, 100);
	assert_int_equal(got.regions[0].max_ns, 2);
	assert_string_equal(got.regions[1].name, "inner");
	assert_int_equal(got.regions[1].calls, 4);
	assert_int_equal(got.regions[1].total_ns, 67);

	for (size_t len = 1; len < out.len; len++) {
		in = byte_reader_of(out.data, len);
		region_sums_decode(&in, &arena, &got);
		assert_true(in.failed);
	}
	region_sums_release(&sums);
	intern_release(&strings);
	arena_release(&arena);
	byte_writer_release(&out);
}

/* A file of many reads, a chunk at their borders. */
static void a_file_tells_what_the_same_bytes_in_memory_tell(void **state)
{
	struct place *place = *state;
	struct sink_log want = SINK_LOG_INIT, got = SINK_LOG_INIT;
	struct byte_writer bytes = BYTE_WRITER_INIT;
	struct error err = ERROR_INIT;
	struct profile_writer *writer;
	struct profile_reader *reader;

	assert_ok(profile_writer_open(&writer, place->path, WRITER_REPLACE,
				      &data_info, &err), &err);
	random_play(profile_writer_sink(writer), &(struct random_recording){
		.threads = 3, .samples = 60000, .functions = RANDOM_FUNCTIONS,
		.branch_permille = RANDOM_BRANCH, .symbols = true });
	assert_ok(profile_writer_finish(writer, &err), &err);
	profile_writer_close(writer);

	read_all(place->path, &bytes);
	assert_true(bytes.len > 2 * 256 * 1024);
	play_bytes(bytes.data, bytes.len, READER_STRICT, &want.sink);
	assert_ok(profile_reader_open(&reader, place->path, READER_STRICT,
				      &err), &err);
	assert_ok(profile_replay(reader, &got.sink, NULL, &err), &err);
	assert_int_equal(got.samples, 60000);
	assert_true(strcmp(strbuf_text(&got.text),
			   strbuf_text(&want.text)) == 0);

	/* Somebody cuts it while it is open: it ends there. */
	assert_int_equal(truncate(place->path, 300 * 1000), 0);
	assert_ok(profile_replay(reader, &got.sink, NULL, &err), &err);
	assert_true(profile_reader_is_partial(reader));
	profile_reader_close(reader);
	byte_writer_release(&bytes);
	strbuf_release(&want.text);
	strbuf_release(&got.text);
}

static void a_copy_by_replay_is_the_same_profile(void **state)
{
	struct place *place = *state;
	struct byte_writer a = BYTE_WRITER_INIT, b = BYTE_WRITER_INIT;
	struct sink_log want = SINK_LOG_INIT, got = SINK_LOG_INIT;
	struct error err = ERROR_INIT;
	struct profile_reader *reader;
	struct profile_writer *writer;

	write_small(place->path);
	read_all(place->path, &a);
	assert_ok(profile_reader_open_memory(&reader, a.data, a.len,
					     READER_STRICT, &err), &err);
	assert_ok(profile_writer_open(&writer, place->path, WRITER_REPLACE,
				      profile_reader_info(reader), &err),
		  &err);
	assert_ok(profile_replay(reader, profile_writer_sink(writer), NULL,
				 &err), &err);
	assert_ok(profile_writer_finish(writer, &err), &err);
	profile_writer_close(writer);
	profile_reader_close(reader);

	read_all(place->path, &b);
	play_bytes(a.data, a.len, READER_STRICT, &want.sink);
	play_bytes(b.data, b.len, READER_STRICT, &got.sink);
	assert_same_told(strbuf_text(&got.text), strbuf_text(&want.text));
	byte_writer_release(&a);
	byte_writer_release(&b);
	strbuf_release(&want.text);
	strbuf_release(&got.text);
}

/* All values take one byte: then the last bytes are the last fields. */
static void fields_that_an_older_file_does_not_have_are_0(void **state)
{
	const struct run_end end = {
		.end_ns = 1, .held_max_ns = 2, .call_stops = 3,
		.late_stops = 4, .sleep_cost_ns = 5,
		.losses = { .transfers_cut = 6 }
	};
	struct byte_writer bytes = BYTE_WRITER_INIT;
	struct byte_reader in;
	struct run_end got;
	uint32_t run;

	run_end_encode(&bytes, 0, &end);
	in = byte_reader_of(bytes.data, bytes.len);
	run_end_decode(&in, &run, &got);
	assert_int_equal(got.sleep_cost_ns, 5);
	assert_int_equal(got.losses.transfers_cut, 6);

	memset(&got, 0xff, sizeof(got));
	in = byte_reader_of(bytes.data, bytes.len - 1);
	run_end_decode(&in, &run, &got);
	assert_false(in.failed);
	assert_int_equal(got.sleep_cost_ns, 5);
	assert_int_equal(got.losses.transfers_cut, 0);

	memset(&got, 0xff, sizeof(got));
	in = byte_reader_of(bytes.data, bytes.len - 3);
	run_end_decode(&in, &run, &got);
	assert_false(in.failed);
	assert_int_equal(got.call_stops, 3);
	assert_int_equal(got.late_stops, 0);
	assert_int_equal(got.sleep_cost_ns, 0);

	memset(&got, 0xff, sizeof(got));
	in = byte_reader_of(bytes.data, bytes.len - 9);
	run_end_decode(&in, &run, &got);
	assert_int_equal(got.held_max_ns, 2);
	assert_int_equal(got.memory.peak_bytes, 0);
	assert_int_equal(got.call_stops, 0);
	byte_writer_release(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_profile_tells_what_the_writer_was_told),
		cmocka_unit_test(sums_of_regions_count_time_once),
		cmocka_unit_test(a_summary_is_read_without_the_rest),
		cmocka_unit_test(
			a_file_tells_what_the_same_bytes_in_memory_tell),
		cmocka_unit_test(a_copy_by_replay_is_the_same_profile),
		cmocka_unit_test(
			fields_that_an_older_file_does_not_have_are_0),
	};

	return cmocka_run_group_tests_name("format round trip", tests,
					   make_place, remove_place);
}
