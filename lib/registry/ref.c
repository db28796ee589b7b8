/* SPDX-License-Identifier: MIT */
#include "registry/ref.h"

#include "base/intern.h"
#include "format/sniff.h"
#include "registry/baseline.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	NAMES_SHOWN = 5
};

/* What "NAME@VERSION" asks for. */
struct wanted {
	const char *name;
	const char *version;	/* NULL: any */
};

static struct ref_file_id id_of(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return (struct ref_file_id){ .inode = 0 };
	return (struct ref_file_id){ st.st_dev, st.st_ino };
}

/* To add a file up with itself is never meant, however it is called. */
static void add_path(struct ref_files *files, const char *path)
{
	const struct ref_file_id id = id_of(path);

	for (size_t i = 0; i < files->paths.count; i++) {
		const struct ref_file_id *other = &files->ids.items[i];

		if (strcmp(files->paths.items[i], path) == 0 ||
		    (id.inode && other->inode == id.inode &&
		     other->device == id.device))
			return;
	}
	ref_file_id_vec_push(&files->ids, id);
	string_vec_push(&files->paths, arena_strdup(&files->arena, path));
}

static int scan(struct ref_files *files, struct error *err)
{
	if (files->scanned)
		return 0;
	registry_release(&files->registry);
	if (registry_scan(&files->registry, files->directory, err))
		return -1;
	files->scanned = true;
	return 0;
}

static bool is_wanted(const struct registry_entry *entry,
		      const struct wanted *wanted)
{
	for (size_t i = 0; i < entry->summary.run_count; i++) {
		const struct run_begin *run = &entry->summary.runs[i].begin;

		if (strcmp(run->name, wanted->name) == 0 &&
		    (!wanted->version ||
		     strcmp(run->version, wanted->version) == 0))
			return true;
	}
	return false;
}

/* How many there are, also those that are left out. */
static size_t add_wanted(struct ref_files *files, const struct wanted *wanted)
{
	size_t count = 0;

	for (size_t i = 0; i < files->registry.entries.count; i++) {
		const struct registry_entry *entry =
			&files->registry.entries.items[i];

		if (!is_wanted(entry, wanted))
			continue;
		count++;
		if (entry->state == REGISTRY_WHOLE)
			add_path(files, entry->path);
		else
			string_vec_push(&files->left_out, entry->path);
	}
	return count;
}

/* Add "a, b, c, ... (7 more)"; the newest first. */
static void add_list(struct strbuf *out, const struct intern *texts)
{
	uint32_t shown = 0;

	while (shown < texts->count && shown < NAMES_SHOWN) {
		const char *text = intern_get(texts, shown, NULL);

		strbuf_addf(out, "%s%s", shown++ ? ", " : "",
			    *text ? text : "one without");
	}
	if (texts->count > shown)
		strbuf_addf(out, ", ... (%u more)", texts->count - shown);
}

/* The names, or the versions of `name` when that is not NULL. */
static void collect(struct intern *texts, const struct registry *registry,
		    const char *name)
{
	for (size_t i = registry->entries.count; i-- > 0;) {
		const struct profile_summary *summary =
			&registry->entries.items[i].summary;

		for (size_t j = 0; j < summary->run_count; j++) {
			const struct run_begin *run = &summary->runs[j].begin;

			if (!name)
				intern_string(texts, run->name, NULL);
			else if (strcmp(run->name, name) == 0)
				intern_string(texts, run->version, NULL);
		}
	}
}

static const char *nearest(const struct intern *names, const char *word)
{
	struct string_vec list = VEC_INIT;
	const char *near;

	for (uint32_t i = 0; i < names->count; i++)
		string_vec_push(&list, intern_get(names, i, NULL));
	string_vec_push(&list, NULL);
	near = cli_nearest(word, list.items);
	string_vec_release(&list);
	return near;
}

static int no_such_name(const struct ref_files *files, const char *operand,
			struct error *err)
{
	struct intern names = INTERN_INIT;
	struct strbuf text = STRBUF_INIT;
	const char *near;

	collect(&names, &files->registry, NULL);
	near = nearest(&names, operand);
	if (near)
		strbuf_addf(&text, "; did you mean '%s'?", near);
	else if (names.count)
		strbuf_add(&text, "; the names there: ");
	if (!near)
		add_list(&text, &names);
	if (strcmp(operand, "-") == 0)
		error_set(err, ERROR_NOT_FOUND, "profiles are read from files, "
			  "not from standard input");
	else
		error_set(err, ERROR_NOT_FOUND, "%s: no such file, and no "
			  "profile of that name in %s%s", operand,
			  files->directory, strbuf_text(&text));
	strbuf_release(&text);
	intern_release(&names);
	return -1;
}

static int no_such_version(const struct ref_files *files,
			   const struct wanted *wanted, struct error *err)
{
	struct intern versions = INTERN_INIT;
	struct strbuf text = STRBUF_INIT;

	collect(&versions, &files->registry, wanted->name);
	if (!versions.count) {
		intern_release(&versions);
		return no_such_name(files, wanted->name, err);
	}
	add_list(&text, &versions);
	if (*wanted->version)
		error_set(err, ERROR_NOT_FOUND, "%s@%s: no such version of %s "
			  "in %s; the versions there: %s", wanted->name,
			  wanted->version, wanted->name, files->directory,
			  strbuf_text(&text));
	else
		error_set(err, ERROR_NOT_FOUND, "%s@: no profile of %s without "
			  "a version in %s; the versions there: %s",
			  wanted->name, wanted->name, files->directory,
			  strbuf_text(&text));
	strbuf_release(&text);
	intern_release(&versions);
	return -1;
}

static int none_whole(const struct ref_files *files, const char *operand,
		      struct error *err)
{
	return error_set(err, ERROR_NOT_FOUND, "%s: no whole profile of that "
			 "name in %s, but %s; to look at it all the same, give "
			 "its path", operand, files->directory,
			 files->left_out.items[files->left_out.count - 1]);
}

/* 0, -1, or 1: there is no such name at all. */
static int add_name(struct ref_files *files, const char *operand,
		    struct error *err)
{
	const size_t before = files->paths.count;
	struct wanted wanted = { operand, NULL };
	const char *at = strrchr(operand, '@');
	size_t found;

	if (scan(files, err))
		return error_context(err, "%s: no such file, and", operand);
	found = add_wanted(files, &wanted);
	if (!found && at && at > operand) {
		wanted.name = arena_strndup(&files->arena, operand,
					    at - operand);
		wanted.version = at + 1;
		found = add_wanted(files, &wanted);
	}
	if (!found)
		return wanted.version ?
			no_such_version(files, &wanted, err) :
			no_such_name(files, operand, err);
	/* All of them may be there already, from another operand. */
	if (files->paths.count == before && !before)
		return none_whole(files, operand, err);
	return 0;
}

static int add_baseline(struct ref_files *files, const char *name,
			struct error *err)
{
	struct string_vec paths = VEC_INIT;
	int ret = baseline_read(files->directory, name, &files->arena, &paths,
				err);

	for (size_t i = 0; i < paths.count && !ret; i++) {
		if (access(paths.items[i], F_OK) == 0)
			add_path(files, paths.items[i]);
		else
			ret = error_set_errno(err, "@%s: %s, which the "
					      "baseline lists", name,
					      paths.items[i]);
	}
	if (!ret && !paths.count)
		ret = error_set(err, ERROR_NOT_FOUND,
				"@%s: the baseline lists no profile", name);
	string_vec_release(&paths);
	return ret;
}

/* Names of programs and versions may have a '/', too; these go first. */
static bool looks_like_path(const char *operand)
{
	const size_t len = strlen(operand);

	return strchr(operand, '/') || strstr(operand, ".prof.partial") ||
		(len > 5 && strcmp(operand + len - 5, ".prof") == 0);
}

int ref_files_add(struct ref_files *files, const char *operand,
		  struct error *err)
{
	const bool exists = access(operand, F_OK) == 0;
	const bool is_path = looks_like_path(operand);
	struct error why = ERROR_INIT;

	if (profile_sniff(operand) || (exists && is_path)) {
		add_path(files, operand);
		return 0;
	}
	if (!*operand)
		return error_set(err, ERROR_USAGE,
				 "'' is neither a file nor a name");
	if (operand[0] == '@' && !exists)
		return add_baseline(files, operand + 1, err);
	if (add_name(files, operand, &why) == 0)
		return 0;
	if (!exists && !is_path)
		return error_set(err, why.kind, "%s", why.text);
	/* Its reader says why it is no profile. */
	add_path(files, operand);
	return 0;
}

static bool is_newer(const struct timespec *a, const struct timespec *b)
{
	if (a->tv_sec != b->tv_sec)
		return a->tv_sec > b->tv_sec;
	return a->tv_nsec > b->tv_nsec;
}

/* Names the newest file; sets `*partial` when only cut-off ones are there. */
static char *newest_in(DIR *dir, bool *partial)
{
	struct timespec best = { 0 };
	const struct dirent *entry;
	char *name = NULL;

	*partial = false;
	while ((entry = readdir(dir))) {
		struct stat st;

		*partial |= registry_is_partial_name(entry->d_name);
		if (!registry_is_name(entry->d_name) ||
		    fstatat(dirfd(dir), entry->d_name, &st, 0) ||
		    !S_ISREG(st.st_mode))
			continue;
		if (name && !is_newer(&st.st_mtim, &best))
			continue;
		best = st.st_mtim;
		free(name);
		name = mem_strdup(entry->d_name);
	}
	return name;
}

int ref_files_add_newest(struct ref_files *files, struct error *err)
{
	DIR *dir = opendir(files->directory);
	bool partial;
	char *name;
	char *path;

	if (!dir)
		return error_set(err, ERROR_NOT_FOUND, "no profile given, and "
				 "cannot look into %s: %s (make one: cprof "
				 "record -- COMMAND)", files->directory,
				 strerror(errno));
	name = newest_in(dir, &partial);
	closedir(dir);
	if (!name && partial)
		return error_set(err, ERROR_NOT_FOUND, "only unfinished "
				 "recordings in %s (*.prof.partial); give the "
				 "name of one", files->directory);
	if (!name)
		return error_set(err, ERROR_NOT_FOUND, "no *.prof in %s (make "
				 "one: cprof record -- COMMAND)",
				 files->directory);
	path = mem_printf("%s/%s", files->directory, name);
	add_path(files, path);
	free(path);
	free(name);
	return 0;
}

void ref_files_release(struct ref_files *files)
{
	string_vec_release(&files->paths);
	ref_file_id_vec_release(&files->ids);
	string_vec_release(&files->left_out);
	registry_release(&files->registry);
	arena_release(&files->arena);
	files->scanned = false;
}
