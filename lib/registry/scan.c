/* SPDX-License-Identifier: MIT */
#include "registry/scan.h"

#include "base/path.h"
#include "format/chunk_run.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	/* The first run begins soon, or something is very wrong. */
	CHUNKS_LOOKED_AT = 64,
	WARNING_NAMES = 3
};

static const char partial_suffix[] = ".partial";

static bool has_suffix(const char *name, const char *suffix)
{
	const size_t len = strlen(name);
	const size_t end = strlen(suffix);

	return len > end && strcmp(name + len - end, suffix) == 0;
}

bool registry_is_name(const char *file)
{
	return has_suffix(file, ".prof");
}

/* NAME.prof.partial, and NAME.prof.partial.1: one that was moved aside. */
bool registry_is_partial_name(const char *file)
{
	const char *at = strstr(file, ".prof.partial");

	return at && at > file;
}

/* Somebody who records holds a lock on the file. */
static bool is_locked(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	bool locked;

	if (fd < 0)
		return false;
	locked = flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
	close(fd);
	return locked;
}

/* The begin of the first run, of a file that has no summary. */
static void find_first_run(struct profile_reader *reader,
			   struct arena *arena,
			   struct profile_summary *summary)
{
	struct chunk chunk;

	for (int i = 0; i < CHUNKS_LOOKED_AT; i++) {
		struct byte_reader in;
		struct summary_run *run;
		uint32_t id;

		if (profile_reader_next(reader, &chunk, NULL) <= 0)
			return;
		if (chunk.type != CHUNK_RUNB || chunk.version != 1)
			continue;
		in = byte_reader_of(chunk.payload, chunk.payload_bytes);
		run = arena_alloc(arena, sizeof(*run));
		run_begin_decode(&in, arena, &id, &run->begin);
		if (in.failed)
			return;
		summary->runs = run;
		summary->run_count = 1;
		return;
	}
}

static int read_summary(struct profile_reader *reader, struct arena *arena,
			struct registry_entry *entry, struct error *err)
{
	int got = profile_summary_read(reader, arena, &entry->summary, err);

	if (got < 0)
		return -1;
	if (got && entry->summary.run_count)
		return 0;
	entry->state = profile_reader_is_partial(reader) ? REGISTRY_CUT_OFF :
		       REGISTRY_DAMAGED;
	if (!got)
		find_first_run(reader, arena, &entry->summary);
	return 0;
}

/* One reader for all files. */
static int open_file(struct registry *registry, const char *path,
		     struct error *err)
{
	if (registry->reader)
		return profile_reader_reopen(registry->reader, path, err);
	return profile_reader_open(&registry->reader, path, READER_STRICT,
				   err);
}

static int read_entry(struct registry *registry, struct registry_entry *entry,
		      struct error *err)
{
	const struct recording_info *info;
	struct profile_reader *reader;

	if (open_file(registry, entry->path, err))
		return -1;
	reader = registry->reader;
	if (read_summary(reader, &registry->arena, entry, err))
		return -1;
	info = profile_reader_info(reader);
	entry->host = arena_strdup(&registry->arena, info->host);
	entry->cpu_model = arena_strdup(&registry->arena, info->cpu_model);
	entry->cprof_version = arena_strdup(&registry->arena,
					    info->cprof_version);
	entry->bytes = profile_reader_file_bytes(reader);
	entry->session = profile_reader_header(reader)->session;
	entry->start_realtime_ns =
		profile_reader_header(reader)->start_realtime_ns;
	/* All may be there, but it has not got its name yet. */
	if (registry_is_partial_name(entry->file))
		entry->state = REGISTRY_CUT_OFF;
	if (entry->state == REGISTRY_CUT_OFF && is_locked(entry->path))
		entry->state = REGISTRY_RECORDING;
	return 0;
}

static void add_stranger(struct registry *registry, const char *file,
			 const struct error *err)
{
	registry_stranger_vec_push(&registry->strangers,
		(struct registry_stranger){
			arena_strdup(&registry->arena, file),
			arena_strdup(&registry->arena, err->text) });
}

static char *path_of(struct registry *registry, const char *file, size_t len)
{
	const size_t before = strlen(registry->directory);
	char *path = arena_alloc(&registry->arena, before + len + 2);

	memcpy(path, registry->directory, before);
	path[before] = '/';
	memcpy(path + before + 1, file, len);
	return path;
}

static void add_file(struct registry *registry, const char *file, size_t len)
{
	struct registry_entry *entry =
		registry_entry_vec_add(&registry->entries);
	struct error err = ERROR_INIT;
	struct stat st;

	entry->path = path_of(registry, file, len);
	entry->file = entry->path + strlen(registry->directory) + 1;
	if (read_entry(registry, entry, &err) == 0)
		return;
	file = entry->file;
	registry->entries.count--;
	if (lstat(entry->path, &st) == 0) {
		/* One that has just begun is as it should be. */
		if (!registry_is_partial_name(file))
			add_stranger(registry, file, &err);
		return;
	}
	/* It is finished by now, and has its final name. */
	len = strlen(file);
	if (has_suffix(file, partial_suffix))
		add_file(registry, file, len - strlen(partial_suffix));
}

static int compare_files(const void *a, const void *b)
{
	const struct registry_entry *left = a, *right = b;

	return strcmp(left->file, right->file);
}

static int compare_times(const void *a, const void *b)
{
	const struct registry_entry *left = a, *right = b;

	if (left->start_realtime_ns != right->start_realtime_ns)
		return left->start_realtime_ns < right->start_realtime_ns ?
			-1 : 1;
	return strcmp(left->file, right->file);
}

static void sort(struct registry_entry_vec *entries,
		 int (*compare)(const void *a, const void *b))
{
	if (entries->count)
		qsort(entries->items, entries->count, sizeof(*entries->items),
		      compare);
}

/* readdir() may show a file that is renamed meanwhile under both names. */
static void drop_doubles(struct registry_entry_vec *entries)
{
	size_t kept = 0;

	sort(entries, compare_files);
	for (size_t i = 0; i < entries->count; i++) {
		if (!kept || strcmp(entries->items[kept - 1].file,
				    entries->items[i].file) != 0)
			entries->items[kept++] = entries->items[i];
	}
	entries->count = kept;
}

int registry_scan(struct registry *out, const char *directory,
		  struct error *err)
{
	const struct dirent *entry;
	DIR *dir = opendir(directory);

	*out = (struct registry){ .directory = directory };
	if (!dir && (errno == ENOENT || errno == ENOTDIR))
		return error_set(err, ERROR_NOT_FOUND, "there is no directory "
				 "%s (make a profile: cprof record -- "
				 "COMMAND)", directory);
	if (!dir)
		return error_set_errno(err, "cannot look into %s", directory);
	for (errno = 0; (entry = readdir(dir)); errno = 0) {
		if (registry_is_name(entry->d_name) ||
		    registry_is_partial_name(entry->d_name))
			add_file(out, entry->d_name, strlen(entry->d_name));
	}
	if (errno) {
		error_set_errno(err, "cannot read %s", directory);
		closedir(dir);
		return -1;
	}
	closedir(dir);
	drop_doubles(&out->entries);
	sort(&out->entries, compare_times);
	return 0;
}

int registry_read(struct registry *out, const char *const *paths, size_t count,
		  struct error *err)
{
	*out = (struct registry){ .directory = "" };
	for (size_t i = 0; i < count; i++) {
		struct registry_entry *entry =
			registry_entry_vec_add(&out->entries);

		entry->path = arena_strdup(&out->arena, paths[i]);
		entry->file = path_base(entry->path);
		if (read_entry(out, entry, err))
			return error_context(err, "%s", paths[i]);
	}
	return 0;
}

void registry_release(struct registry *registry)
{
	registry_entry_vec_release(&registry->entries);
	registry_stranger_vec_release(&registry->strangers);
	profile_reader_close(registry->reader);
	arena_release(&registry->arena);
}

const struct run_begin *registry_main_run(const struct registry_entry *entry)
{
	const struct profile_summary *summary = &entry->summary;

	for (size_t i = 0; i < summary->run_count; i++) {
		if (summary->runs[i].begin.kind != RUN_PLAIN)
			return &summary->runs[i].begin;
	}
	return summary->run_count ? &summary->runs[0].begin : NULL;
}

const char *registry_entry_name(const struct registry_entry *entry)
{
	const struct run_begin *run = registry_main_run(entry);

	return run ? run->name : "";
}

const char *registry_entry_version(const struct registry_entry *entry)
{
	const struct run_begin *run = registry_main_run(entry);

	return run ? run->version : "";
}

const char *registry_state_name(enum registry_state state)
{
	static const char *const names[] = {
		[REGISTRY_WHOLE] = "whole",
		[REGISTRY_DAMAGED] = "damaged",
		[REGISTRY_CUT_OFF] = "cut off",
		[REGISTRY_RECORDING] = "being recorded"
	};

	return names[state];
}

struct warning {
	struct strbuf names;
	size_t count;
};

static void warn_of(struct warning *warning, const char *file,
		    const char *why)
{
	if (warning->count++ < WARNING_NAMES)
		strbuf_addf(&warning->names, "%s%s (%s)",
			    warning->names.len ? ", " : "", file, why);
}

void registry_add_warning(struct strbuf *out, const struct registry *registry)
{
	struct warning warning = { .count = 0 };

	for (size_t i = 0; i < registry->strangers.count; i++)
		warn_of(&warning, registry->strangers.items[i].file,
			registry->strangers.items[i].why);
	for (size_t i = 0; i < registry->entries.count; i++) {
		const struct registry_entry *entry =
			&registry->entries.items[i];

		if (entry->state == REGISTRY_CUT_OFF ||
		    entry->state == REGISTRY_DAMAGED)
			warn_of(&warning, entry->file,
				registry_state_name(entry->state));
	}
	/* Of files that were named there is no directory to tell. */
	if (warning.count)
		strbuf_addf(out, "%zu file%s%s%s %s no whole profile%s: %s",
			    warning.count, warning.count == 1 ? "" : "s",
			    *registry->directory ? " in " : "",
			    registry->directory,
			    warning.count == 1 ? "is" : "are",
			    warning.count == 1 ? "" : "s",
			    strbuf_text(&warning.names));
	if (warning.count > WARNING_NAMES)
		strbuf_addf(out, " and %zu more",
			    warning.count - WARNING_NAMES);
	strbuf_release(&warning.names);
}
