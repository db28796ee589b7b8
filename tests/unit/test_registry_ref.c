/* SPDX-License-Identifier: MIT */
#include "registry/ref.h"

#include "registry/baseline.h"

#include "registry_place.h"

/* The last parts of what `operand` stands for, "a.prof b.prof"; or -1. */
static char *files_of(const struct registry_place *place, const char *operand,
		      struct error *err)
{
	struct ref_files files = REF_FILES_OF(place->dir);
	struct strbuf out = STRBUF_INIT;
	int ret = ref_files_add(&files, operand, err);

	for (size_t i = 0; i < files.paths.count && !ret; i++) {
		const char *path = files.paths.items[i];
		const char *slash = strrchr(path, '/');

		strbuf_addf(&out, "%s%s", i ? " " : "",
			    slash ? slash + 1 : path);
	}
	ref_files_release(&files);
	return ret ? NULL : strbuf_take(&out);
}

static void assert_files(const struct registry_place *place,
			 const char *operand, const char *want)
{
	struct error err = ERROR_INIT;
	char *got = files_of(place, operand, &err);

	if (!got)
		fail_msg("'%s': %s", operand, err.text);
	assert_string_equal(got, want);
	free(got);
}

static void assert_none(const struct registry_place *place,
			const char *operand, enum error_kind kind,
			const char *said)
{
	struct error err = ERROR_INIT;
	char *got = files_of(place, operand, &err);

	assert_null(got);
	assert_int_equal(err.kind, kind);
	if (!strstr(err.text, said))
		fail_msg("no '%s' in '%s'", said, err.text);
}

static void make_some(struct registry_place *place)
{
	place_add(place, "c.prof", "app", "2.0", 300);
	place_add(place, "b.prof", "app", "1.0", 200);
	place_add(place, "a.prof", "app", "1.0", 250);
	place_add(place, "d.prof", "sort", NULL, 100);
	place_add(place, "e.prof", "user@host", "3", 400);
}

static void a_name_stands_for_its_profiles_oldest_first(void **state)
{
	struct registry_place *place = *state;

	make_some(place);
	assert_files(place, "app", "b.prof a.prof c.prof");
	assert_files(place, "app@1.0", "b.prof a.prof");
	assert_files(place, "sort", "d.prof");
	assert_files(place, "sort@", "d.prof");
	assert_files(place, "user@host", "e.prof");
	assert_files(place, "user@host@3", "e.prof");
}

static void what_is_written_as_a_path_is_one(void **state)
{
	struct registry_place *place = *state;

	make_some(place);
	assert_files(place, "missing.prof", "missing.prof");
	assert_files(place, "./app", "app");
}

static void an_unknown_name_says_what_there_is(void **state)
{
	struct registry_place *place = *state;

	make_some(place);
	assert_none(place, "ap", ERROR_NOT_FOUND, "did you mean 'app'?");
	assert_none(place, "xyzzy", ERROR_NOT_FOUND,
		    "the names there: user@host, app, sort");
	assert_none(place, "app@3", ERROR_NOT_FOUND,
		    "the versions there: 2.0, 1.0");
	assert_none(place, "app@", ERROR_NOT_FOUND, "without a version");
	assert_none(place, "", ERROR_USAGE, "neither a file nor a name");
	assert_none(place, "@main", ERROR_NOT_FOUND, "no baseline 'main'");
	assert_none(place, "@../x", ERROR_USAGE,
		    "cannot be the name of a baseline");
}

static void without_a_directory_that_is_said(void **state)
{
	struct ref_files files = REF_FILES_OF("/nonexistent/profiles");
	struct error err = ERROR_INIT;

	assert_int_equal(ref_files_add(&files, "app", &err), -1);
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
	assert_non_null(strstr(err.text, "/nonexistent/profiles"));
	assert_int_equal(ref_files_add_newest(&files, &err), -1);
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
	ref_files_release(&files);
}

static void a_file_counts_once_whatever_the_operands(void **state)
{
	struct registry_place *place = *state;
	struct ref_files files = REF_FILES_OF(place->dir);
	struct strbuf other = STRBUF_INIT;
	struct error err = ERROR_INIT;

	make_some(place);
	assert_ok(ref_files_add(&files, "app@1.0", &err), &err);
	assert_ok(ref_files_add(&files, "app", &err), &err);
	assert_ok(ref_files_add(&files, "app@2.0", &err), &err);
	assert_int_equal(files.paths.count, 3);
	/* The same one under another name. */
	strbuf_addf(&other, "%s/./a.prof", place->dir);
	assert_ok(ref_files_add(&files, strbuf_text(&other), &err), &err);
	assert_int_equal(files.paths.count, 3);
	strbuf_release(&other);
	ref_files_release(&files);
}

static void a_baseline_stands_for_what_it_lists(void **state)
{
	struct registry_place *place = *state;
	struct ref_files files = REF_FILES_OF(place->dir);
	struct error err = ERROR_INIT;

	make_some(place);
	assert_ok(ref_files_add(&files, "app@1.0", &err), &err);
	assert_ok(baseline_write(place->dir, "main", files.paths.items,
				 files.paths.count, &err), &err);
	assert_files(place, "@main", "b.prof a.prof");
	place_remove(place, "b.prof");
	assert_none(place, "@main", ERROR_SYSTEM, "b.prof");
	assert_none(place, "@mian", ERROR_NOT_FOUND, "did you mean 'main'?");
	ref_files_release(&files);
}

/* One that was cut off must not be taken for an old run that was fast. */
static void what_is_not_whole_is_left_out_and_told(void **state)
{
	struct registry_place *place = *state;
	struct ref_files files = REF_FILES_OF(place->dir);
	struct error err = ERROR_INIT;

	make_some(place);
	place_cut(place, "b.prof", 10);
	assert_ok(ref_files_add(&files, "app", &err), &err);
	assert_int_equal(files.paths.count, 2);
	assert_int_equal(files.left_out.count, 1);
	assert_non_null(strstr(files.left_out.items[0], "b.prof"));
	ref_files_release(&files);
	place_cut(place, "d.prof", 10);
	assert_none(place, "sort", ERROR_NOT_FOUND, "d.prof");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(a_name_stands_for_its_profiles_oldest_first),
		IN_PLACE(what_is_written_as_a_path_is_one),
		IN_PLACE(an_unknown_name_says_what_there_is),
		IN_PLACE(without_a_directory_that_is_said),
		IN_PLACE(a_file_counts_once_whatever_the_operands),
		IN_PLACE(a_baseline_stands_for_what_it_lists),
		IN_PLACE(what_is_not_whole_is_left_out_and_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
