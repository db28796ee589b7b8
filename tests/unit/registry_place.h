/* SPDX-License-Identifier: MIT */
/* A directory of profiles for one test. */
#ifndef CPROF_TESTS_REGISTRY_PLACE_H
#define CPROF_TESTS_REGISTRY_PLACE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "run_file.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct registry_place {
	char dir[256];
};

#define IN_PLACE(test) \
	cmocka_unit_test_setup_teardown(test, place_make, place_end)

static inline void assert_ok(int ret, const struct error *err)
{
	if (ret < 0)
		fail_msg("failed: %s", err->text);
}

static inline int place_make(void **state)
{
	struct registry_place *place = mem_alloc(sizeof(*place));
	const char *tmp = getenv("TMPDIR");

	snprintf(place->dir, sizeof(place->dir), "%s/cprof-registry-XXXXXX",
		 tmp ? tmp : "/tmp");
	*state = place;
	return mkdtemp(place->dir) ? 0 : -1;
}

static inline int place_remove_one(const char *path, const struct stat *st,
				   int type, struct FTW *ftw)
{
	return remove(path);
}

static inline int place_end(void **state)
{
	struct registry_place *place = *state;

	nftw(place->dir, place_remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(place);
	return 0;
}

/* For the caller to free. */
static inline char *place_path(const struct registry_place *place,
			       const char *file)
{
	return mem_printf("%s/%s", place->dir, file);
}

static inline void place_write(const struct registry_place *place,
			       const char *file, const struct run_file *run)
{
	struct error err = ERROR_INIT;
	char *path = place_path(place, file);

	assert_ok(run_file_write(path, run, &err), &err);
	free(path);
}

static inline void place_add(const struct registry_place *place,
			     const char *file, const char *name,
			     const char *version, uint64_t start_s)
{
	place_write(place, file, &(struct run_file){
		.name = name, .version = version, .start_s = start_s,
		.wall_ms = 100, .peak_bytes = 1 << 20 });
}

static inline void place_remove(const struct registry_place *place,
				const char *file)
{
	char *path = place_path(place, file);

	assert_int_equal(unlink(path), 0);
	free(path);
}

/* Take `bytes` off the end. */
static inline void place_cut(const struct registry_place *place,
			     const char *file, off_t bytes)
{
	char *path = place_path(place, file);
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size - bytes), 0);
	free(path);
}

/* A file that holds `text`. */
static inline void place_put(const struct registry_place *place,
			     const char *name, const char *text)
{
	char *path = place_path(place, name);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	free(path);
}

#endif
