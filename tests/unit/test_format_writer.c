/* SPDX-License-Identifier: MIT */
/* The file that a writer makes, and what stands in its way. */
#include "format_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static int make_folder(void **state)
{
	if (make_place(state))
		return -1;
	return chdir(((struct place *)*state)->dir);
}

static int remove_folder(void **state)
{
	static const char *const names[] = {
		"a.prof.partial", "a.prof.partial.1", "a.prof.partial.2",
		"b.prof", "link", "fifo"
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unlink(names[i]);
	rmdir("dir");
	if (chdir("/"))
		return -1;
	return remove_place(state);
}

static bool exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void assert_holds(const char *path, const char *text)
{
	struct byte_writer bytes = BYTE_WRITER_INIT;

	read_all(path, &bytes);
	assert_int_equal(bytes.len, strlen(text));
	assert_memory_equal(bytes.data, text, bytes.len);
	byte_writer_release(&bytes);
}

static struct profile_writer *writer_begin(const char *path,
					   enum profile_writer_mode mode)
{
	struct error err = ERROR_INIT;
	struct profile_writer *writer;

	assert_ok(profile_writer_open(&writer, path, mode, &data_info, &err),
		  &err);
	return writer;
}

static void writer_end(struct profile_writer *writer)
{
	struct error err = ERROR_INIT;

	assert_ok(profile_writer_finish(writer, &err), &err);
	profile_writer_close(writer);
}

static void write_small(const char *path, enum profile_writer_mode mode)
{
	struct profile_writer *writer = writer_begin(path, mode);

	data_small(profile_writer_sink(writer));
	writer_end(writer);
}

static void assert_refuses(const char *path, enum profile_writer_mode mode,
			   const char *why)
{
	struct error err = ERROR_INIT;
	struct profile_writer *writer;

	assert_int_equal(profile_writer_open(&writer, path, mode, &data_info,
					     &err), -1);
	assert_null(writer);
	if (!strstr(err.text, why) || !strstr(err.text, path))
		fail_msg("'%s' says not '%s'", err.text, why);
}

static struct outcome play_file(const char *path)
{
	struct byte_writer file = BYTE_WRITER_INIT;
	struct outcome out;

	read_all(path, &file);
	out = play_bytes(file.data, file.len, READER_STRICT, NULL);
	byte_writer_release(&file);
	return out;
}

static void the_name_appears_when_the_file_is_whole(void **state UNUSED)
{
	struct profile_writer *writer = writer_begin("a.prof", WRITER_KEEP);
	struct stat st;

	assert_true(exists("a.prof.partial"));
	data_small(profile_writer_sink(writer));
	assert_false(exists("a.prof"));
	writer_end(writer);
	assert_false(exists("a.prof.partial"));
	assert_int_equal(stat("a.prof", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_false(play_file("a.prof").partial);
}

static void what_was_flushed_survives_a_kill(void **state UNUSED)
{
	struct profile_writer *writer = writer_begin("a.prof", WRITER_KEEP);
	struct sample_sink *sink = profile_writer_sink(writer);
	struct outcome out;

	out = play_file("a.prof.partial");
	assert_ok(out.ret, &out.err);
	data_small(sink);
	sink->ops->flush(sink);
	out = play_file("a.prof.partial");
	assert_ok(out.ret, &out.err);
	assert_true(out.partial);
	assert_int_equal(out.result.samples, 12);
	assert_int_equal(out.lost_bytes, 0);
	/* Nobody finishes it: it stays. */
	profile_writer_close(writer);
	assert_true(exists("a.prof.partial"));
	assert_false(exists("a.prof"));
}

static void only_a_profile_is_replaced_unless_forced(void **state UNUSED)
{
	put("b.prof", "my thesis\n");
	assert_refuses("b.prof", WRITER_KEEP, "exists");
	assert_refuses("b.prof", WRITER_REPLACE, "not a cprof profile");
	assert_holds("b.prof", "my thesis\n");
	assert_false(exists("b.prof.partial"));
	write_small("b.prof", WRITER_FORCE);
	assert_false(play_file("b.prof").partial);

	assert_refuses("b.prof", WRITER_KEEP, "exists");
	write_small("b.prof", WRITER_REPLACE);
	/* As mktemp makes it. */
	put("b.prof", "");
	write_small("b.prof", WRITER_REPLACE);
	assert_false(play_file("b.prof").partial);
}

static void what_is_no_regular_file_is_refused(void **state UNUSED)
{
	put("b.prof", "my thesis\n");
	assert_int_equal(mkdir("dir", 0700), 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(symlink("b.prof", "link"), 0);
	assert_refuses("dir", WRITER_FORCE, "is a directory");
	assert_refuses("fifo", WRITER_FORCE, "not a regular file");
	assert_refuses("link", WRITER_REPLACE, "a symbolic link");
	assert_refuses("nowhere/a.prof", WRITER_FORCE, "cannot open directory");
	assert_refuses("dir/", WRITER_FORCE, "not the name of a file");
	write_small("link", WRITER_FORCE);
	assert_holds("b.prof", "my thesis\n");
}

static void a_stale_partial_file_is_moved_aside(void **state UNUSED)
{
	put("a.prof.partial", "one");
	write_small("a.prof", WRITER_KEEP);
	put("a.prof.partial", "two");
	write_small("a.prof", WRITER_REPLACE);
	assert_holds("a.prof.partial.1", "one");
	assert_holds("a.prof.partial.2", "two");
}

static void a_partial_file_in_use_is_left_alone(void **state UNUSED)
{
	struct profile_writer *writer = writer_begin("a.prof", WRITER_KEEP);

	assert_refuses("a.prof", WRITER_FORCE, "another cprof is writing");
	data_small(profile_writer_sink(writer));
	writer_end(writer);
	assert_false(play_file("a.prof").partial);
}

static void a_file_that_came_meanwhile_is_not_replaced(void **state UNUSED)
{
	struct profile_writer *writer = writer_begin("a.prof",
						     WRITER_REPLACE);
	struct error err = ERROR_INIT;

	data_small(profile_writer_sink(writer));
	put("a.prof", "my thesis\n");
	assert_int_equal(profile_writer_finish(writer, &err), -1);
	assert_non_null(strstr(err.text, "not a cprof profile"));
	profile_writer_close(writer);
	assert_holds("a.prof", "my thesis\n");
	assert_false(play_file("a.prof.partial").partial);
}

static void a_partial_file_that_is_gone_is_told(void **state UNUSED)
{
	struct profile_writer *writer = writer_begin("a.prof", WRITER_KEEP);
	struct error err = ERROR_INIT;

	assert_int_equal(unlink("a.prof.partial"), 0);
	put("a.prof.partial", "somebody else's");
	assert_int_equal(profile_writer_finish(writer, &err), -1);
	assert_non_null(strstr(err.text, "another program"));
	profile_writer_discard(writer);
	profile_writer_close(writer);
	assert_holds("a.prof.partial", "somebody else's");
	assert_false(exists("a.prof"));
}

static void discard_leaves_nothing(void **state UNUSED)
{
	struct profile_writer *writer = writer_begin("a.prof", WRITER_KEEP);

	data_small(profile_writer_sink(writer));
	profile_writer_discard(writer);
	profile_writer_close(writer);
	assert_false(exists("a.prof"));
	assert_false(exists("a.prof.partial"));
}

static void a_change_of_directory_does_not_matter(void **state)
{
	struct place *place = *state;
	struct profile_writer *writer = writer_begin("a.prof", WRITER_KEEP);

	assert_int_equal(chdir("/"), 0);
	data_small(profile_writer_sink(writer));
	writer_end(writer);
	assert_int_equal(chdir(place->dir), 0);
	assert_true(exists("a.prof"));
}

/* A limit on file sizes stands for a full disk: write() fails half way. */
static void a_full_disk_ends_the_file_with_a_whole_chunk(void **state UNUSED)
{
	struct profile_writer *writer = writer_begin("a.prof", WRITER_KEEP);
	struct sample_sink *sink = profile_writer_sink(writer);
	struct error err = ERROR_INIT;
	struct rlimit old, small;
	struct outcome out;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 20001;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	random_play(sink, &(struct random_recording){
		.threads = 1, .samples = 20000, .functions = 2000,
		.branch_permille = RANDOM_BRANCH });
	assert_true(sink->ops->failed(sink));
	assert_int_equal(profile_writer_finish(writer, &err), -1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);

	assert_int_equal(err.kind, ERROR_SYSTEM);
	assert_string_equal(err.text,
			    "cannot write a.prof.partial: File too large");
	profile_writer_close(writer);
	assert_false(exists("a.prof"));
	out = play_file("a.prof.partial");
	assert_ok(out.ret, &out.err);
	assert_true(out.partial && out.result.samples >= 1000);
	assert_int_equal(out.lost_bytes, 0);
}

static void the_same_recording_makes_the_same_bytes(void **state UNUSED)
{
	struct byte_writer a = BYTE_WRITER_INIT, b = BYTE_WRITER_INIT;

	file_of(play_medium, 0, &a);
	file_of(play_medium, 0, &b);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	byte_writer_release(&a);
	byte_writer_release(&b);
}

/* Long strings are cut, long windows divided, and all chunks have bounds. */
static void play_giants(struct sample_sink *sink)
{
	const uint32_t count = 100000;
	struct interval *intervals = mem_calloc(count, sizeof(*intervals));
	char *name = mem_alloc(200 * 1000 + 1);
	const char **argv = mem_calloc(40000, sizeof(*argv));

	memset(name, 'n', 200 * 1000);
	for (size_t i = 0; i < 40000; i++)
		argv[i] = "file.c";
	sink->ops->run_begin(sink, &(struct run_begin){
		.argv = argv, .argc = 40000, .name = name, .version = NULL });
	sink->ops->process(sink, &(struct process){
		.parent = ID_NONE, .name = name, .exe = NULL });
	sink->ops->thread(sink, &(struct thread){ .name = name });
	sink->ops->module(sink, &(struct module){
		.kind = MODULE_SPECIAL, .process = ID_NONE,
		.path = "[special]" });
	sink->ops->frame(sink, &(struct frame){ 0, 0 });
	sink->ops->stack(sink, &(struct stack){ ID_NONE, 0 });
	for (uint32_t i = 0; i < count; i++)
		intervals[i] = (struct interval){
			UINT64_C(1) << 40 | i * 7919, 0, i % 2, i % 3 };
	sink->ops->window(sink, &(struct thread_window){
		0, 1, UINT64_C(1) << 61, 77, intervals, count });
	for (size_t i = 0; i < 40; i++) {
		const struct source_location at = { name + i * 3000, name,
						    name, 1, 1 };

		sink->ops->symbol(sink, &(struct symbol){ 0, 0, &at, 1 });
	}
	free(argv);
	free(name);
	free(intervals);
}

static void giants_are_cut_to_what_fits(void **state UNUSED)
{
	struct byte_writer file = BYTE_WRITER_INIT;
	struct sink_log log = SINK_LOG_INIT;
	struct outcome out;

	file_of(play_giants, 0, &file);
	out = play_bytes(file.data, file.len, READER_STRICT, &log.sink);
	assert_ok(out.ret, &out.err);
	assert_false(out.partial);
	assert_int_equal(out.result.samples, 100000);
	assert_non_null(strstr(strbuf_text(&log.text), " arg ...\n"));
	strbuf_release(&log.text);
	byte_writer_release(&file);
}

/* Sums up what windows weigh. */
struct weigher {
	struct sample_sink sink;
	uint64_t cpu_ns, wall_ns, runqueue_ns, end_ns;
	struct sample_vec samples;
};

static void weigh(struct sample_sink *sink, const struct thread_window *window)
{
	struct weigher *weigher = container_of(sink, struct weigher, sink);

	assert_true(window->start_ns == weigher->end_ns || !weigher->end_ns);
	weigher->cpu_ns += window->cpu_ns;
	weigher->runqueue_ns += window->runqueue_ns;
	weigher->end_ns = window->start_ns;
	for (size_t i = 0; i < window->count; i++)
		weigher->end_ns += window->intervals[i].wall_ns;
	thread_window_samples(window, &weigher->samples);
}

static void a_divided_window_weighs_the_same(void **state UNUSED)
{
	static const struct sample_sink_ops ops = { .window = weigh };
	struct weigher read = { .sink = { &ops }, .samples = VEC_INIT };
	struct byte_writer file = BYTE_WRITER_INIT;
	struct outcome out;

	file_of(play_giants, 0, &file);
	out = play_bytes(file.data, file.len, READER_STRICT, &read.sink);
	assert_ok(out.ret, &out.err);
	assert_true(read.cpu_ns == UINT64_C(1) << 61);
	assert_int_equal(read.runqueue_ns, 77);
	assert_int_equal(read.samples.count, 100000);
	for (size_t i = 1; i < read.samples.count; i++)
		assert_true(read.samples.items[i].time_ns >
			    read.samples.items[i - 1].time_ns);
	sample_vec_release(&read.samples);
	byte_writer_release(&file);
}

/* The goal: 10 bytes a sample at 100,000 samples, without names. */
static void play_hundred_thousand(struct sample_sink *sink)
{
	uint32_t stacks = random_play(sink, &(struct random_recording){
		.threads = 4, .samples = 100000,
		.functions = RANDOM_FUNCTIONS,
		.branch_permille = RANDOM_BRANCH });

	/* Else the measure is of something easier than a large program. */
	assert_true(stacks > 120000);
}

static void a_sample_takes_ten_bytes_at_most(void **state UNUSED)
{
	struct byte_writer file = BYTE_WRITER_INIT;

	file_of(play_hundred_thousand, 0, &file);
	print_message("# %.2f bytes a sample\n", file.len / 100000.0);
	assert_true(file.len <= 10 * 100000);
	byte_writer_release(&file);
}

#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(the_name_appears_when_the_file_is_whole),
		IN_FOLDER(what_was_flushed_survives_a_kill),
		IN_FOLDER(only_a_profile_is_replaced_unless_forced),
		IN_FOLDER(what_is_no_regular_file_is_refused),
		IN_FOLDER(a_stale_partial_file_is_moved_aside),
		IN_FOLDER(a_partial_file_in_use_is_left_alone),
		IN_FOLDER(a_file_that_came_meanwhile_is_not_replaced),
		IN_FOLDER(a_partial_file_that_is_gone_is_told),
		IN_FOLDER(discard_leaves_nothing),
		IN_FOLDER(a_change_of_directory_does_not_matter),
		IN_FOLDER(a_full_disk_ends_the_file_with_a_whole_chunk),
		cmocka_unit_test(the_same_recording_makes_the_same_bytes),
		cmocka_unit_test(giants_are_cut_to_what_fits),
		cmocka_unit_test(a_divided_window_weighs_the_same),
		cmocka_unit_test(a_sample_takes_ten_bytes_at_most),
	};

	return cmocka_run_group_tests_name("format writer", tests, NULL,
					   NULL);
}
