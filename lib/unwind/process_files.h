/* SPDX-License-Identifier: MIT */
/* Looking at a process from outside: its root, its files, its memory. */
#ifndef CPROF_UNWIND_PROCESS_FILES_H
#define CPROF_UNWIND_PROCESS_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/* A descriptor (O_PATH) of the process's root directory, or -1. */
int process_root_open(pid_t pid);

/*
 * Find `path` as a process with that root sees it.  A descriptor (O_PATH)
 * of a regular file with its `*st`, or -1.  Nothing is opened for reading,
 * so that a FIFO or a device in its place does no harm.
 */
int process_path_find(int root, const char *path, struct stat *st);

/* Open for reading what an O_PATH descriptor shows; -1 on failure. */
int process_path_open(int found);

/*
 * Open `path` below that root for reading, without following a link at its
 * end; only a regular file.  -1 on failure.
 */
int process_file_open(int root, const char *path, struct stat *st);

/* Bytes of memory that could be read, from the first on; 0 for none. */
size_t process_memory_read(pid_t pid, uint64_t address, void *data,
			   size_t len);

struct process_identity {
	uid_t euid;
	pid_t inner_pid;	/* in the innermost pid namespace */
};

/* From /proc/PID/status; false when it cannot be read. */
bool process_identity_read(pid_t pid, struct process_identity *identity);

#endif
