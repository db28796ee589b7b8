/* SPDX-License-Identifier: MIT */
#include "registry/baseline.h"

#include "base/mem.h"
#include "base/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	NAME_BYTES_MAX = 100,
	FILE_BYTES_MAX = 16 << 20
};

int baseline_check_name(const char *name, struct error *err)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-";

	const size_t len = strlen(name);

	if (*name && *name != '.' && *name != '-' && len <= NAME_BYTES_MAX &&
	    strspn(name, allowed) == len &&
	    !(len > 4 && strcmp(name + len - 4, ".tmp") == 0))
		return 0;
	return error_set(err, ERROR_USAGE, "'%.200s' cannot be the name of a "
			 "baseline: at most %d letters, digits and '._+-', "
			 "not beginning with '.' or '-', not ending in .tmp",
			 name, NAME_BYTES_MAX);
}

static char *path_of(const char *directory, const char *name)
{
	return mem_printf("%s/baselines/%s", directory, name);
}

static int compare_names(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(*left, *right);
}

int baseline_names(const char *directory, struct arena *arena,
		   struct string_vec *names, struct error *err)
{
	const size_t before = names->count;
	char *path = path_of(directory, "");
	DIR *dir = opendir(path);
	const struct dirent *entry;
	int ret = 0;

	if (!dir && errno != ENOENT)
		ret = error_set_errno(err, "cannot look into %s", path);
	free(path);
	if (!dir)
		return ret;
	while ((entry = readdir(dir))) {
		/* Not what somebody writes now; see base/output.h. */
		if (baseline_check_name(entry->d_name, NULL) == 0)
			string_vec_push(names, arena_strdup(arena,
							    entry->d_name));
	}
	closedir(dir);
	if (names->count > before)
		qsort(names->items + before, names->count - before,
		      sizeof(*names->items), compare_names);
	return 0;
}

static int no_such(const char *directory, const char *name, struct error *err)
{
	struct string_vec names = VEC_INIT;
	struct arena arena = ARENA_INIT;
	const char *near = NULL;

	baseline_names(directory, &arena, &names, NULL);
	string_vec_push(&names, NULL);
	if (names.count > 1)
		near = cli_nearest(name, names.items);
	if (near)
		error_set(err, ERROR_NOT_FOUND, "no baseline '%s' in %s; did "
			  "you mean '%s'?", name, directory, near);
	else
		error_set(err, ERROR_NOT_FOUND, "no baseline '%s' in %s (%s)",
			  name, directory, names.count > 1 ?
			  "cprof registry baseline list" : "make one: cprof "
			  "registry baseline set NAME PROFILE");
	string_vec_release(&names);
	arena_release(&arena);
	return -1;
}

static void add_line(const char *directory, const char *line, size_t len,
		     struct arena *arena, struct string_vec *paths)
{
	const size_t before = *line == '/' ? 0 : strlen(directory) + 1;
	char *path;

	if (!len || *line == '#')
		return;
	path = arena_alloc(arena, before + len + 1);
	if (before) {
		memcpy(path, directory, before - 1);
		path[before - 1] = '/';
	}
	memcpy(path + before, line, len);
	string_vec_push(paths, path);
}

static int read_text(const char *directory, const char *name,
		     struct strbuf *text, struct error *err)
{
	char *path = path_of(directory, name);
	struct stat st;
	int ret;

	/* A FIFO of that name must not hang us. */
	if (stat(path, &st) < 0)
		ret = errno == ENOENT || errno == ENOTDIR ?
			no_such(directory, name, err) :
			error_set_errno(err, "cannot look at %s", path);
	else if (!S_ISREG(st.st_mode))
		ret = error_set(err, ERROR_FORMAT, "%s is not a regular file",
				path);
	else
		ret = read_file_at(AT_FDCWD, path, FILE_BYTES_MAX, text, err);
	if (!ret && strlen(strbuf_text(text)) != text->len)
		ret = error_set(err, ERROR_FORMAT, "%s is not a list of "
				"profiles", path);
	free(path);
	return ret;
}

int baseline_read(const char *directory, const char *name,
		  struct arena *arena, struct string_vec *paths,
		  struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	const char *line;
	int ret;

	if (baseline_check_name(name, err))
		return -1;
	ret = read_text(directory, name, &text, err);
	for (line = strbuf_text(&text); !ret && *line;) {
		const size_t len = strcspn(line, "\n");

		add_line(directory, line, len, arena, paths);
		line += len + (line[len] == '\n');
	}
	strbuf_release(&text);
	return ret;
}

/* How the list names the profile at `path`. */
static int add_listed(struct strbuf *out, const char *real_directory,
		      const char *path, struct error *err)
{
	const size_t len = strlen(real_directory);
	char *real = realpath(path, NULL);
	const char *listed = real;

	if (!real)
		return error_set_errno(err, "%s", path);
	if (strncmp(real, real_directory, len) == 0 && real[len] == '/')
		listed = real + len + 1;
	if (*listed == '#' || strchr(listed, '\n')) {
		free(real);
		return error_set(err, ERROR_USAGE, "%s: a file with such a "
				 "name cannot be part of a baseline", path);
	}
	strbuf_addf(out, "%s\n", listed);
	free(real);
	return 0;
}

static int list_text(struct strbuf *out, const char *directory,
		     const char *const *paths, size_t count,
		     struct error *err)
{
	char *real = realpath(directory, NULL);
	int ret = 0;

	if (!real)
		return error_set_errno(err, "%s", directory);
	strbuf_add(out, "# A baseline of cprof: profiles, relative to the "
		   "directory above or absolute.\n");
	for (size_t i = 0; i < count && !ret; i++)
		ret = add_listed(out, real, paths[i], err);
	free(real);
	return ret;
}

int baseline_write(const char *directory, const char *name,
		   const char *const *paths, size_t count, struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	char *folder = path_of(directory, "");
	char *path = path_of(directory, name);
	int ret = -1;

	if (baseline_check_name(name, err) ||
	    list_text(&text, directory, paths, count, err))
		goto out;
	if (mkdir(folder, 0777) < 0 && errno != EEXIST) {
		error_set_errno(err, "cannot make the directory %s", folder);
		goto out;
	}
	ret = output_write_file(path, strbuf_text(&text), text.len, err);
	if (ret)
		error_context(err, "%s", path);
out:
	strbuf_release(&text);
	free(folder);
	free(path);
	return ret;
}

int baseline_remove(const char *directory, const char *name,
		    struct error *err)
{
	char *path;
	int ret = 0;

	if (baseline_check_name(name, err))
		return -1;
	path = path_of(directory, name);
	if (unlink(path) < 0)
		ret = errno == ENOENT || errno == ENOTDIR ?
			no_such(directory, name, err) :
			error_set_errno(err, "cannot remove %s", path);
	free(path);
	return ret;
}
