/* SPDX-License-Identifier: MIT */
#include "unwind/jit_map.h"

#include "base/mem.h"
#include "proc/process.h"
#include "unwind/process_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	MAP_BYTES_MAX = 256 * 1024 * 1024
};

struct jit_map {
	pid_t pid;
	int root;
	bool known;
	struct process_identity identity;
};

struct jit_map *jit_map_new(pid_t pid)
{
	struct jit_map *map = mem_alloc(sizeof(*map));

	map->pid = pid;
	map->root = process_root_open(process_live_thread(pid));
	map->known = process_identity_read(pid, &map->identity);
	return map;
}

void jit_map_free(struct jit_map *map)
{
	if (!map)
		return;
	if (map->root >= 0)
		close(map->root);
	free(map);
}

static bool trusted(const struct jit_map *map, const struct stat *st)
{
	return st->st_uid == map->identity.euid && st->st_nlink == 1 &&
	       !(st->st_mode & (S_IWGRP | S_IWOTH)) &&
	       st->st_size <= MAP_BYTES_MAX;
}

int jit_map_open(struct jit_map *map)
{
	char path[64];
	struct stat st;
	int fd;

	if (map->root < 0 || !map->known)
		return -1;
	snprintf(path, sizeof(path), "/tmp/perf-%d.map",
		 (int)map->identity.inner_pid);
	fd = process_file_open(map->root, path, &st);
	if (fd >= 0 && !trusted(map, &st)) {
		close(fd);
		return -1;
	}
	return fd;
}
