/* SPDX-License-Identifier: MIT */
#include "format/partial_file.h"

#include "base/log.h"
#include "base/mem.h"
#include "format/chunk_header.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	STALE_MAX = 1000	/* PATH.partial.1 to PATH.partial.999 */
};

struct partial_file {
	int dir_fd;		/* the paths survive a chdir */
	int fd;			/* locked while we write */
	char *path;		/* as given */
	char *name;		/* the last part of it */
	char *partial;		/* NAME.partial */
	bool nameless;		/* it gets its name with its first bytes */
	enum profile_writer_mode mode;
	uint64_t bytes;
};

static int split_path(struct partial_file *file, const char *path,
		      struct error *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	char *dir;

	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return error_set(err, ERROR_USAGE, "not the name of a file");
	file->path = mem_strdup(path);
	file->name = mem_strdup(name);
	file->partial = mem_printf("%s.partial", name);

	dir = slash ? mem_printf("%.*s/", (int)(slash - path), path) :
		mem_strdup(".");
	file->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (file->dir_fd < 0)
		error_set_errno(err, "cannot open directory %s", dir);
	free(dir);
	return file->dir_fd < 0 ? -1 : 0;
}

/* 1 when the file is a profile or holds nothing, 0 when it is another. */
static int is_profile(int dir_fd, const char *name, struct error *err)
{
	uint8_t bytes[sizeof(profile_magic)];
	ssize_t len;
	int fd;

	fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
		    O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(err, "cannot see what it holds");
	len = read(fd, bytes, sizeof(bytes));
	if (len < 0)
		error_set_errno(err, "cannot see what it holds");
	close(fd);
	if (len <= 0)
		return len < 0 ? -1 : 1;
	return len == sizeof(bytes) &&
		!memcmp(bytes, profile_magic, sizeof(bytes));
}

/* May the file at the final name, if there is one, be replaced? */
static int check_existing(const struct partial_file *file, struct error *err)
{
	struct stat st;
	int profile;

	if (fstatat(file->dir_fd, file->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 :
			error_set_errno(err, "cannot be looked at");
	if (file->mode == WRITER_KEEP)
		return error_set(err, ERROR_USAGE, "the file exists");
	if (S_ISDIR(st.st_mode))
		return error_set(err, ERROR_USAGE, "is a directory");
	/* As root, --force must not replace /dev/null. */
	if (!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode))
		return error_set(err, ERROR_USAGE, "not a regular file");
	if (file->mode == WRITER_FORCE)
		return 0;
	if (S_ISLNK(st.st_mode))
		return error_set(err, ERROR_USAGE,
				 "a symbolic link (use --force to replace it)");
	profile = is_profile(file->dir_fd, file->name, err);
	if (profile < 0)
		return -1;
	if (!profile)
		return error_set(err, ERROR_USAGE,
				 "exists and is not a cprof profile (use "
				 "--force to replace it)");
	return 0;
}

/*
 * Rename and never replace; 0, or -1 with errno.  Not all file systems
 * know RENAME_NOREPLACE (EINVAL); most of those have hard links.
 */
static int rename_keep(int dir_fd, const char *from, const char *to)
{
	struct stat st;

	if (renameat2(dir_fd, from, dir_fd, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (linkat(dir_fd, from, dir_fd, to, 0) == 0)
		return unlinkat(dir_fd, from, 0);
	if (errno == EEXIST)
		return -1;
	if (fstatat(dir_fd, to, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	return renameat(dir_fd, from, dir_fd, to);
}

/* Somebody who writes holds a lock on what he writes. */
static int is_in_use(const struct partial_file *file)
{
	int fd = openat(file->dir_fd, file->partial, O_RDONLY | O_NOFOLLOW |
			O_NONBLOCK | O_CLOEXEC);
	int locked;

	if (fd < 0)
		return 0;
	locked = flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
	close(fd);
	return locked;
}

static int move_stale_aside(const struct partial_file *file,
			    struct error *err)
{
	int ret = -1;

	if (is_in_use(file))
		return error_set(err, ERROR_SYSTEM,
				 "another cprof is writing %s.partial",
				 file->path);
	errno = EEXIST;
	for (int i = 1; i < STALE_MAX && ret && errno == EEXIST; i++) {
		char *aside = mem_printf("%s.%d", file->partial, i);

		ret = rename_keep(file->dir_fd, file->partial, aside);
		free(aside);
	}
	/* Gone in the meantime: as good as moved. */
	if (ret && errno != ENOENT)
		return error_set_errno(err, "cannot move %s.partial aside",
				       file->path);
	return 0;
}

/* Make the way free and `make` it, again if somebody was faster. */
static int take_name(struct partial_file *file,
		     int (*make)(struct partial_file *), struct error *err)
{
	int ret = -1;

	for (int tries = 0; tries < 3; tries++) {
		ret = make(file);
		if (ret == 0 || errno != EEXIST)
			break;
		if (move_stale_aside(file, err))
			return -1;
		errno = EEXIST;
	}
	if (ret)
		return error_set_errno(err, "cannot create %s.partial",
				       file->path);
	return 0;
}

static int create_named(struct partial_file *file)
{
	file->fd = openat(file->dir_fd, file->partial, O_RDWR | O_CREAT |
			  O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return file->fd < 0 ? -1 : 0;
}

/* As linkat(2) tells how to name what O_TMPFILE made. */
static int link_nameless(struct partial_file *file)
{
	char *self = mem_printf("/proc/self/fd/%d", file->fd);
	int ret = linkat(AT_FDCWD, self, file->dir_fd, file->partial,
			 AT_SYMLINK_FOLLOW);
	int saved = errno;

	free(self);
	errno = saved;
	return ret;
}

/*
 * Without a name at first, where the file system can: who is killed before
 * the first bytes are written leaves no empty file behind.
 */
static int create(struct partial_file *file, struct error *err)
{
	file->fd = openat(file->dir_fd, ".", O_RDWR | O_TMPFILE | O_CLOEXEC,
			  0600);
	file->nameless = file->fd >= 0;
	if (!file->nameless && take_name(file, create_named, err))
		return -1;
	/* A file system without locks is no reason not to record. */
	flock(file->fd, LOCK_EX | LOCK_NB);
	return 0;
}

int partial_file_open(struct partial_file **out, const char *path,
		      enum profile_writer_mode mode, struct error *err)
{
	struct partial_file *file = mem_alloc(sizeof(*file));

	*out = NULL;
	file->dir_fd = file->fd = -1;
	file->mode = mode;
	if (split_path(file, path, err) || check_existing(file, err) ||
	    create(file, err)) {
		partial_file_close(file);
		return error_context(err, "%s", path);
	}
	*out = file;
	return 0;
}

int partial_file_append(struct partial_file *file, const void *data,
			size_t len, struct error *err)
{
	const uint8_t *bytes = data;
	size_t done = 0;

	while (done < len) {
		ssize_t n = pwrite(file->fd, bytes + done, len - done,
				   file->bytes + done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			if (n == 0)
				errno = ENOSPC;
			error_set_errno(err, "cannot write %s.partial",
					file->path);
			/* A torn chunk is harmless; none is nicer. */
			if (ftruncate(file->fd, file->bytes) < 0)
				log_debug(LOG_FORMAT, 1, "torn tail stays");
			return -1;
		}
		done += n;
	}
	file->bytes += len;
	if (!file->nameless)
		return 0;
	file->nameless = false;
	return take_name(file, link_nameless, err);
}

uint64_t partial_file_bytes(const struct partial_file *file)
{
	return file->bytes;
}

void partial_file_identity(const struct partial_file *file, uint64_t *device,
			   uint64_t *inode)
{
	struct stat st;

	*device = *inode = 0;
	if (fstat(file->fd, &st) == 0) {
		*device = st.st_dev;
		*inode = st.st_ino;
	}
}

/* Is NAME.partial still the file that we write? */
static bool is_ours(const struct partial_file *file)
{
	struct stat ours, there;

	return fstat(file->fd, &ours) == 0 &&
		fstatat(file->dir_fd, file->partial, &there,
			AT_SYMLINK_NOFOLLOW) == 0 &&
		ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

static int rename_into_place(const struct partial_file *file,
			     struct error *err)
{
	if (rename_keep(file->dir_fd, file->partial, file->name) == 0)
		return 0;
	if (errno != EEXIST)
		return error_set_errno(err, "cannot rename %s.partial",
				       file->path);
	/* Again, and not only at the start: it may be another file now. */
	if (check_existing(file, err))
		return error_context(err, "%s.partial stays: %s", file->path,
				     file->path);
	if (renameat(file->dir_fd, file->partial, file->dir_fd, file->name))
		return error_set_errno(err, "cannot rename %s.partial",
				       file->path);
	return 0;
}

int partial_file_commit(struct partial_file *file, struct error *err)
{
	if (fsync(file->fd) < 0)
		return error_set_errno(err, "cannot write %s.partial",
				       file->path);
	if (!is_ours(file))
		return error_set(err, ERROR_SYSTEM,
				 "%s.partial was removed or replaced by "
				 "another program",
				 file->path);
	if (rename_into_place(file, err))
		return -1;
	/* Some file systems cannot; the name is in place all the same. */
	fsync(file->dir_fd);
	return 0;
}

void partial_file_discard(struct partial_file *file)
{
	if (is_ours(file))
		unlinkat(file->dir_fd, file->partial, 0);
}

void partial_file_close(struct partial_file *file)
{
	if (!file)
		return;
	if (file->fd >= 0)
		close(file->fd);
	if (file->dir_fd >= 0)
		close(file->dir_fd);
	free(file->path);
	free(file->name);
	free(file->partial);
	free(file);
}
