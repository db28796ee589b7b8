/* SPDX-License-Identifier: MIT */
#include "record/output_path.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum {
	NAME_MAX_BYTES = 100	/* of each of the two names; 255 is the limit */
};

const char *output_directory(const char *setting)
{
	return setting && *setting ? setting : "profiles";
}

/* One level; a directory, or a link to one, may be there already. */
static int make_one(const char *path, struct error *err)
{
	struct stat st;

	if (mkdir(path, 0777) == 0)
		return 0;
	if (errno == EEXIST && stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return 0;
		errno = ENOTDIR;
	}
	return error_set_errno(err, "cannot make the directory '%s'", path);
}

int output_directory_make(const char *directory, struct error *err)
{
	char *path = mem_strdup(directory);
	struct stat st;
	int ret = 0;

	if (stat(directory, &st) == 0 && S_ISDIR(st.st_mode))
		goto out;
	for (char *p = path + 1; *path && *p && ret == 0; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		/* One above may be unwritable and there: the last decides. */
		if (stat(path, &st) != 0)
			ret = make_one(path, err);
		*p = '/';
	}
	if (ret == 0)
		ret = make_one(path, err);
out:
	free(path);
	return ret;
}

static void add_clean(struct strbuf *out, const char *name)
{
	static const char kept[] = "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-";

	for (size_t i = 0; name[i] && i < NAME_MAX_BYTES; i++) {
		bool ok = strchr(kept, name[i]) &&
			  (i > 0 || (name[i] != '.' && name[i] != '-'));

		strbuf_add_char(out, ok ? name[i] : '_');
	}
}

void output_path_add(struct strbuf *path, const char *directory,
		     const char *name, const char *version, uint64_t time_ns,
		     pid_t pid)
{
	const time_t seconds = time_ns / NS_PER_S;
	char when[40] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", &tm);
	strbuf_add(path, directory);
	if (path->len && path->text[path->len - 1] != '/')
		strbuf_add_char(path, '/');
	add_clean(path, name && *name ? name : "program");
	if (version && *version) {
		strbuf_add_char(path, '-');
		add_clean(path, version);
	}
	strbuf_addf(path, "-%s-%d.prof", when, (int)pid);
}
