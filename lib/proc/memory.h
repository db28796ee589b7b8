/* SPDX-License-Identifier: MIT */
/* How much memory a process has, and of what kind. */
#ifndef CPROF_PROC_MEMORY_H
#define CPROF_PROC_MEMORY_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * From /proc/PID/status, in bytes.  The kernel keeps these numbers per CPU
 * and is a little behind: by at most 64 pages a thread before Linux 6.2.
 */
struct memory_sizes {
	uint64_t rss;
	uint64_t anon;			/* of that: heap, stacks, ... */
	uint64_t file;			/* of that: files, mapped */
	uint64_t shmem;			/* of that: shared memory */
	uint64_t swap;
	uint64_t peak;			/* highest rss so far */
};

/* False when it is gone, or a zombie, which has no memory. */
bool memory_sizes_read(pid_t pid, struct memory_sizes *memory);
bool memory_sizes_parse(const char *text, struct memory_sizes *memory);

/*
 * The same rss alone, which costs a tenth, from /proc/PID/statm: -1 when it
 * cannot be opened; the caller closes it.
 */
int resident_open(pid_t pid);

/* False when the process is gone, or has no memory any more. */
bool resident_read(int fd, uint64_t *bytes);

/*
 * From /proc/PID/smaps_rollup, in bytes: a page that n processes share
 * counts 1/n.  The kernel walks the page tables for it, about 10 ms for
 * each GiB of small pages.
 */
struct memory_share {
	uint64_t pss;
	uint64_t pss_anon;
	uint64_t pss_file;
	uint64_t private_bytes;		/* of nobody else */
};

/* -1: it is gone, another user's, or the kernel does not have the file. */
int memory_share_read(pid_t pid, struct memory_share *share,
		      struct error *err);
bool memory_share_parse(const char *text, struct memory_share *share);

/* What a piece of an address space is for. */
enum space_kind {
	SPACE_HEAP,			/* [heap] */
	SPACE_STACK,			/* [stack]; those of threads are anon */
	SPACE_FILE,			/* files, mapped */
	SPACE_SHARED,			/* shared memory, memfd, /dev/shm */
	SPACE_NAMED,			/* [anon:NAME], PR_SET_VMA_ANON_NAME */
	SPACE_ANON,			/* all other anonymous memory */
	SPACE_KINDS
};

struct address_sizes {
	uint64_t mapped[SPACE_KINDS];	/* bytes of addresses */
	uint64_t resident[SPACE_KINDS];	/* bytes of memory */
	uint64_t mappings;
};

/* "heap", "stack", ... */
const char *space_kind_name(enum space_kind kind);

/* From /proc/PID/smaps, at the price of smaps_rollup and more. */
int address_sizes_read(pid_t pid, struct address_sizes *sizes,
		       struct error *err);

/* Add one text; what is not understood is skipped. */
void address_sizes_parse(const char *text, struct address_sizes *sizes);

#endif
