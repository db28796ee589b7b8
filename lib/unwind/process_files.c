/* SPDX-License-Identifier: MIT */
#include "unwind/process_files.h"

#include "base/compiler.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
	PAGE_BYTES = 4096,
	IOVECS = 64
};

int process_root_open(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/root", (int)pid);
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static int open_in_root(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned int)flags,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int fd;

	if (path[0] != '/')
		return -1;
	fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
		return fd;
	/*
	 * Old seccomp filters refuse openat2.  A link in the path may lead
	 * out of the root then, but what is found is compared with what the
	 * kernel says is mapped before it is used.
	 */
	return openat(root, path[1] ? path + 1 : ".", flags);
}

static int keep_regular(int fd, struct stat *st)
{
	if (fd < 0)
		return -1;
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode))
		return fd;
	close(fd);
	return -1;
}

int process_path_find(int root, const char *path, struct stat *st)
{
	return keep_regular(open_in_root(root, path, O_PATH | O_CLOEXEC), st);
}

int process_path_open(int found)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", found);
	return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

int process_file_open(int root, const char *path, struct stat *st)
{
	return keep_regular(open_in_root(root, path,
					 O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
					 O_CLOEXEC | O_NOCTTY), st);
}

/*
 * One element per page: process_vm_readv(2) does not promise a partial copy
 * of an element, and the last pages that we ask for may not exist.
 */
static size_t split_by_page(struct iovec *iov, uint64_t address, size_t len,
			    size_t *covered)
{
	size_t count = 0;

	*covered = 0;
	while (len > 0 && count < IOVECS) {
		size_t part = PAGE_BYTES - address % PAGE_BYTES;

		part = MIN(part, len);
		iov[count].iov_base = (void *)(uintptr_t)address;
		iov[count++].iov_len = part;
		address += part;
		len -= part;
		*covered += part;
	}
	return count;
}

size_t process_memory_read(pid_t pid, uint64_t address, void *data,
			   size_t len)
{
	size_t done = 0;

	while (done < len) {
		struct iovec remote[IOVECS];
		struct iovec local = { (char *)data + done, len - done };
		size_t covered, count;
		ssize_t got;

		count = split_by_page(remote, address + done, len - done,
				      &covered);
		local.iov_len = covered;
		got = process_vm_readv(pid, &local, 1, remote, count, 0);
		if (got <= 0)
			break;
		done += (size_t)got;
		if ((size_t)got < covered)
			break;
	}
	return done;
}

static const char *status_field(const char *text, const char *name)
{
	const char *line = strstr(text, name);

	return line ? line + strlen(name) : NULL;
}

/* The last number of a line. */
static long last_number(const char *line)
{
	long value = 0;

	while (*line && *line != '\n') {
		char *end;
		long number = strtol(line, &end, 10);

		if (end == line)
			break;
		value = number;
		line = end;
		while (*line == '\t' || *line == ' ')
			line++;
	}
	return value;
}

bool process_identity_read(pid_t pid, struct process_identity *identity)
{
	char path[64], text[4096];
	const char *field;
	char *end;
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (got <= 0)
		return false;
	text[got] = '\0';
	/* A name cannot forge a line: the kernel escapes newlines in it. */
	field = status_field(text, "\nUid:");
	if (!field)
		return false;
	strtol(field, &end, 10);
	identity->euid = (uid_t)strtoul(end, NULL, 10);
	field = status_field(text, "\nNSpid:");
	identity->inner_pid = field ? (pid_t)last_number(field) : pid;
	return true;
}
