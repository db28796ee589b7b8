/* SPDX-License-Identifier: MIT */
#include "proc/fds.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

bool process_fds_visit(pid_t pid, fd_visit *visit, void *context)
{
	const struct dirent *entry;
	char target[PATH_MAX];
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (!dir)
		return false;
	while ((entry = readdir(dir))) {
		ssize_t len;

		if (entry->d_name[0] == '.')
			continue;
		len = readlinkat(dirfd(dir), entry->d_name, target,
				 sizeof(target) - 1);
		/* It was closed meanwhile. */
		if (len < 0)
			continue;
		target[len] = '\0';
		visit(context, strtol(entry->d_name, NULL, 10), target);
	}
	closedir(dir);
	return true;
}

bool fd_is_tcp(pid_t pid, int fd)
{
	char path[64], name[16] = "";

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
	return getxattr(path, "system.sockprotoname", name,
			sizeof(name) - 1) < 0 ||
	       strncmp(name, "TCP", 3) == 0;
}

uint64_t fd_socket_inode(const char *target)
{
	if (strncmp(target, "socket:[", 8) != 0)
		return 0;
	return strtoull(target + 8, NULL, 10);
}
