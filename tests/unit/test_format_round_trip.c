/* SPDX-License-Identifier: MIT */
#include "format/summary.h"

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
		"window", "symbol"
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
	struct profile_reader *reader;

	write_small(place->path);
	assert_ok(profile_reader_open(&reader, place->path, READER_STRICT,
				      &err), &err);
	assert_string_equal(profile_reader_info(reader)->host, "there");
	assert_int_equal(profile_reader_info(reader)->cpu_count, 2);
	assert_int_equal(profile_summary_read(reader, &summary, &err), 1);
	assert_int_equal(summary.totals.samples, 12);
	assert_int_equal(summary.totals.stacks, 13);
	assert_int_equal(summary.run_count, 2);
	assert_string_equal(summary.runs[0].begin.version, "1.0");
	assert_string_equal(summary.runs[0].begin.argv[4], hostile_name);
	assert_true(summary.runs[1].ended);
	assert_int_equal(summary.runs[0].end.exit_status, 256);
	profile_summary_release(&summary);
	profile_reader_close(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_profile_tells_what_the_writer_was_told),
		cmocka_unit_test(a_summary_is_read_without_the_rest),
	};

	return cmocka_run_group_tests_name("format round trip", tests,
					   make_place, remove_place);
}
