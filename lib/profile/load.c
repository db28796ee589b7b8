/* SPDX-License-Identifier: MIT */
#include "profile/load.h"

#include "format/replay.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int load_file(struct profile_builder *builder, const char *path,
		     const struct profile_load *load, struct error *err)
{
	const enum profile_reader_mode mode =
		load->salvage ? READER_SALVAGE : READER_STRICT;
	struct profile_reader *reader = NULL;
	struct replay_result result = { .chunks = 0 };
	int ret = -1;

	if (profile_reader_open(&reader, path, mode, err))
		goto out;
	profile_builder_file(builder, path, profile_reader_info(reader));
	if (profile_replay(reader, profile_builder_sink(builder), &result,
			   err) ||
	    profile_builder_error(builder, err))
		goto out;
	profile_builder_note(builder, profile_reader_is_partial(reader),
			     profile_reader_lost_bytes(reader) +
			     profile_reader_damage(reader)->bytes,
			     profile_reader_damage(reader)->places +
			     result.chunks_dropped);
	if (load->name_frames)
		load->name_frames(load->context, builder);
	ret = 0;
out:
	profile_reader_close(reader);
	return ret ? error_context(err, "%s", path) : 0;
}

int profile_load(struct profile **out, const char *const *paths, size_t count,
		 const struct profile_load *load, struct error *err)
{
	struct profile_builder *builder = profile_builder_new();
	int ret = 0;

	*out = NULL;
	for (size_t i = 0; i < count && !ret; i++)
		ret = load_file(builder, paths[i], load, err);
	if (!ret)
		*out = profile_builder_finish(builder);
	profile_builder_free(builder);
	return ret;
}

static bool has_suffix(const char *name, const char *suffix)
{
	const size_t len = strlen(name);
	const size_t end = strlen(suffix);

	return len > end && strcmp(name + len - end, suffix) == 0;
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

		*partial |= has_suffix(entry->d_name, ".prof.partial");
		if (!has_suffix(entry->d_name, ".prof") ||
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

char *profile_newest(const char *directory, struct error *err)
{
	DIR *dir = opendir(directory);
	char *path = NULL;
	char *name;
	bool partial;

	if (!dir) {
		error_set(err, ERROR_NOT_FOUND, "no profile given, and cannot "
			  "look into %s: %s (make one: cprof record -- "
			  "COMMAND)", directory, strerror(errno));
		return NULL;
	}
	name = newest_in(dir, &partial);
	closedir(dir);
	if (name)
		path = mem_printf("%s/%s", directory, name);
	else if (partial)
		error_set(err, ERROR_NOT_FOUND, "only unfinished recordings in "
			  "%s (*.prof.partial); give the name of one",
			  directory);
	else
		error_set(err, ERROR_NOT_FOUND, "no *.prof in %s (make one: "
			  "cprof record -- COMMAND)", directory);
	free(name);
	return path;
}
