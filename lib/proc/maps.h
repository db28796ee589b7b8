/* SPDX-License-Identifier: MIT */
/* The memory map of a process: /proc/PID/maps. */
#ifndef CPROF_PROC_MAPS_H
#define CPROF_PROC_MAPS_H

#include "base/error.h"
#include "base/strbuf.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	MAP_ACCESS_READ = 1,
	MAP_ACCESS_WRITE = 2,
	MAP_ACCESS_EXEC = 4,
};

struct proc_map {
	uint64_t start;
	uint64_t end;		/* first address behind it */
	uint64_t offset;	/* of `start` in the file */
	uint64_t inode;		/* 0: no file */
	uint32_t dev_major;
	uint32_t dev_minor;
	uint32_t access;	/* MAP_ACCESS_... */
	const char *path;	/* as the kernel wrote it; "" when none */
};

VEC_DEFINE(proc_map_vec, struct proc_map);

struct proc_maps {
	struct proc_map_vec maps;	/* in ascending order of address */
	struct strbuf text;		/* owns the paths */
};

#define PROC_MAPS_INIT { .maps = VEC_INIT, .text = STRBUF_INIT }

void proc_maps_release(struct proc_maps *maps);

enum proc_maps_wanted {
	PROC_MAPS_ALL,
	PROC_MAPS_EXECUTABLE,	/* leave the others out: much cheaper */
};

/*
 * Read the map of process or thread `pid` into `*maps`, replacing what it
 * held.  ERROR_SYSTEM when that is not possible.  The map of a process
 * whose first thread has ended reads as empty: ask for another thread.
 */
int proc_maps_read(struct proc_maps *maps, pid_t pid,
		   enum proc_maps_wanted wanted, struct error *err);

/* The same from a text.  Lines that are not of the known form are skipped. */
void proc_maps_parse(struct proc_maps *maps, const char *text, size_t len,
		     enum proc_maps_wanted wanted);

/* The map that holds `address`, or NULL. */
const struct proc_map *proc_maps_find(const struct proc_maps *maps,
				      uint64_t address);

/* Same areas, same files? */
bool proc_maps_equal(const struct proc_maps *a, const struct proc_maps *b);

#endif
