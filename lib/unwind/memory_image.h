/* SPDX-License-Identifier: MIT */
/* ELF files that are nowhere but in the memory of a process. */
#ifndef CPROF_UNWIND_MEMORY_IMAGE_H
#define CPROF_UNWIND_MEMORY_IMAGE_H

#include "proc/maps.h"

/*
 * Copy `len` bytes at `address` into a memfd.  Returns the descriptor, or
 * -1 when not all could be read.
 */
int memory_image_copy(pid_t pid, uint64_t address, size_t len);

enum memory_image_result {
	MEMORY_IMAGE_OK,
	MEMORY_IMAGE_NOT_ELF,	/* it was read, and is something else */
	MEMORY_IMAGE_UNREADABLE,
};

/*
 * Put the file that `map` shows together again, from its loaded segments,
 * in a memfd (`*fd`).  It has no sections but those of dynamic symbols.
 */
enum memory_image_result memory_image_build(pid_t pid,
					    const struct proc_map *map,
					    int *fd);

#endif
