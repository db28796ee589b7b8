/* SPDX-License-Identifier: MIT */
/*
 * error, output and path: failures that explain themselves, files that are
 * whole, and their names.
 */
#include "base/error.h"
#include "base/output.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static int enter_folder(void **state)
{
	char *path = strdup("/tmp/cprof-files.XXXXXX");

	*state = path;
	return !path || !mkdtemp(path) || chdir(path);
}

static int leave_folder(void **state)
{
	int failed = chdir("/") || rmdir(*state);

	free(*state);
	return failed;
}

static void expect_file(const char *path, const char *text)
{
	struct strbuf buf = STRBUF_INIT;

	assert_int_equal(read_file_at(AT_FDCWD, path, 1000, &buf, NULL), 0);
	assert_string_equal(strbuf_text(&buf), text);
	strbuf_release(&buf);
}

static void make_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void context_goes_in_front_of_the_cause(void **state)
{
	struct error err = ERROR_INIT;

	errno = ENOSPC;
	assert_int_equal(error_set_errno(&err, "cannot write"), -1);
	assert_int_equal(errno, ENOSPC);
	error_context(&err, "chunk %d", 17);
	error_context(&err, "%s", "a.prof");
	assert_string_equal(err.text, "a.prof: chunk 17: cannot write: "
			    "No space left on device");
	assert_int_equal(err.kind, ERROR_SYSTEM);
	assert_int_equal(error_set(NULL, ERROR_USAGE, "nobody cares"), -1);
	assert_int_equal(error_context(NULL, "nobody"), -1);
}

static void a_long_context_is_dropped_but_never_the_cause(void **state)
{
	struct error err = ERROR_INIT;
	char longest[600];

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	error_set(&err, ERROR_FORMAT, "bad checksum");
	error_context(&err, "%s", longest);
	assert_string_equal(err.text, "bad checksum");
	errno = EIO;
	error_set_errno(&err, "%s", longest);
	assert_non_null(strstr(err.text, strerror(EIO)));
}

static void a_file_appears_only_when_it_is_committed(void **state)
{
	struct output *out;

	assert_int_equal(output_open(&out, "new", NULL), 0);
	assert_int_equal(output_write(out, "text", 4, NULL), 0);
	assert_int_equal(access("new", F_OK), -1);
	assert_int_equal(output_commit(out, NULL), 0);
	output_close(out);
	expect_file("new", "text");
	assert_int_equal(unlink("new"), 0);
}

static void without_commit_the_old_file_stays(void **state)
{
	struct output *out;

	make_file("old", "before");
	assert_int_equal(output_open(&out, "old", NULL), 0);
	assert_int_equal(output_write(out, "after", 5, NULL), 0);
	output_close(out);
	expect_file("old", "before");
	/* leave_folder() fails when a temporary file is left. */
	assert_int_equal(unlink("old"), 0);
	output_close(NULL);
}

static void a_link_stays_and_its_file_is_replaced(void **state)
{
	struct output *out;
	struct stat st;

	make_file("file", "before");
	assert_int_equal(symlink("file", "link"), 0);
	assert_int_equal(output_open(&out, "link", NULL), 0);
	output_write(out, "after", 5, NULL);
	assert_int_equal(output_commit(out, NULL), 0);
	output_close(out);
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	expect_file("file", "after");
	unlink("link");
	unlink("file");
}

static void a_file_that_is_replaced_keeps_its_mode(void **state)
{
	struct error err = ERROR_INIT;
	struct stat st;

	make_file("secret", "old");
	assert_int_equal(chmod("secret", 0640), 0);
	assert_int_equal(output_write_file("secret", "new", 3, &err), 0);
	expect_file("secret", "new");
	assert_int_equal(stat("secret", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	unlink("secret");
}

static void a_full_disk_is_noticed_at_commit(void **state)
{
	struct error err = ERROR_INIT;
	struct output *out;

	if (access("/dev/full", W_OK))
		skip();
	assert_int_equal(output_open(&out, "/dev/full", &err), 0);
	assert_int_equal(output_write(out, "text", 4, &err), 0);
	assert_int_equal(output_commit(out, &err), -1);
	assert_non_null(strstr(err.text, strerror(ENOSPC)));
	output_close(out);
}

static void a_missing_folder_is_an_error_with_the_name(void **state)
{
	struct error err = ERROR_INIT;
	struct output *out = (struct output *)1;

	assert_int_equal(output_open(&out, "no/such", &err), -1);
	assert_null(out);
	assert_string_equal(err.text, "cannot create 'no/such': "
			    "No such file or directory");
}

static void a_file_that_is_too_large_is_refused(void **state)
{
	struct strbuf buf = STRBUF_INIT;
	struct error err = ERROR_INIT;

	make_file("big", "0123456789");
	assert_int_equal(read_file_at(AT_FDCWD, "big", 9, &buf, &err), -1);
	assert_int_equal(err.kind, ERROR_UNSUPPORTED);
	assert_int_equal(read_file_at(AT_FDCWD, "big", 10, &buf, &err), 0);
	assert_int_equal(read_file_at(AT_FDCWD, "none", 10, &buf, &err), -1);
	assert_int_equal(err.kind, ERROR_SYSTEM);
	strbuf_release(&buf);
	unlink("big");
}

static void a_path_ends_in_its_base_name(void **state)
{
	assert_string_equal(path_base("/usr/lib/libz.so.1"), "libz.so.1");
	assert_string_equal(path_base("app"), "app");
	assert_string_equal(path_base(""), "");
	/* There is nothing shorter to say. */
	assert_string_equal(path_base("/usr/lib/"), "/usr/lib/");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(context_goes_in_front_of_the_cause),
		cmocka_unit_test(a_long_context_is_dropped_but_never_the_cause),
		cmocka_unit_test(a_file_appears_only_when_it_is_committed),
		cmocka_unit_test(without_commit_the_old_file_stays),
		cmocka_unit_test(a_link_stays_and_its_file_is_replaced),
		cmocka_unit_test(a_file_that_is_replaced_keeps_its_mode),
		cmocka_unit_test(a_full_disk_is_noticed_at_commit),
		cmocka_unit_test(a_missing_folder_is_an_error_with_the_name),
		cmocka_unit_test(a_file_that_is_too_large_is_refused),
		cmocka_unit_test(a_path_ends_in_its_base_name),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
