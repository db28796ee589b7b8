/* SPDX-License-Identifier: MIT */
/* What the kernel tells of one process. */
#ifndef CPROF_PROC_PROCESS_H
#define CPROF_PROC_PROCESS_H

#include "base/strbuf.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

VEC_DEFINE(pid_vec, pid_t);
VEC_DEFINE(word_vec, const char *);

/*
 * The text of /proc/PID/`file`, as much as has room, with a NUL behind it.
 * Its length; 0 when it cannot be read.  `file` may be "task/TID/NAME".
 */
size_t process_file_read(pid_t pid, const char *file, char *text, size_t size);

/* What follows `key` ("\nState:\t") in `text`, or "" when it is not there. */
const char *status_field(const char *text, const char *key);

/* Fields of /proc/PID/stat, as proc(5) counts them. */
enum {
	STAT_STATE = 3,
	STAT_PARENT = 4,
	STAT_MINOR_FAULTS = 10,
	STAT_MAJOR_FAULTS = 12,
	STAT_USER_TICKS = 14,
	STAT_SYSTEM_TICKS = 15,
	STAT_CPU = 39,
};

/* Field `number`, from 3 on, of the text of a stat file; NULL: no such. */
const char *stat_text_field(const char *text, int number);

/* From /proc/PID/status; fields that are not there are 0. */
struct process_status {
	pid_t tgid;
	pid_t parent;
	pid_t tracer;
	char state;			/* 'R', 'S', 'D', 'T', 't', 'Z' */
	uid_t euid;
	gid_t egid;
	bool no_new_privileges;
	uint64_t peak_memory_bytes;	/* VmHWM */
};

/*
 * Where memory is gone, the kernel ends the calling process rather than one
 * that is worth more.
 */
void process_offer_itself(void);

/* False when there is no such process or thread. */
bool process_status_read(pid_t pid, struct process_status *status);

/* Is it gone, or a zombie? */
bool process_has_ended(pid_t pid);

/*
 * Does nothing happen when signal `sig` comes to this process or thread: it is
 * ignored, or the kernel does so by default?
 */
bool process_ignores(pid_t pid, int sig);

/*
 * When the process was started, in clock ticks since boot: with the id, its
 * identity.  False when there is no such process.
 */
bool process_start_read(pid_t pid, uint64_t *ticks);

/*
 * By how much its monotonic clock is ahead of ours: in another time namespace
 * (see time_namespaces(7)) it is.  0 where that is not known.
 */
int64_t process_clock_ahead_ns(pid_t pid);

/*
 * User and system time of all its threads, in steps of a clock tick (10 ms).
 * False when there is no such process.
 */
bool process_times_read(pid_t pid, uint64_t *user_ns, uint64_t *system_ns);

/*
 * The CPU time of its living and dead threads, ns; 0: not known.  That of a
 * thread is up to date when it has given up the CPU, else up to a tick old.
 */
uint64_t process_cpu_ns(pid_t pid);

/* The path of the program, "" when unknown; " (deleted)" is cut off. */
void process_exe(pid_t pid, char *path, size_t size);

/*
 * The words of its command line, pointing into `text`, which is filled.
 * Empty for a kernel thread, a zombie, or a process that is gone.
 */
void process_words(pid_t pid, struct strbuf *text, struct word_vec *words);

/* The number of its threads, 0 when it is gone.  Quicker than a list. */
size_t process_thread_count(pid_t pid);

/* Add the ids of all threads to `tids`; false when the process is gone. */
bool process_threads(pid_t pid, struct pid_vec *tids);

/*
 * Add the processes that descend from `pid` now to `pids`, parents before
 * their children, without zombies, and without `except` and what descends
 * from that.  One whose parent has ended descends from nobody.
 */
void process_descendants(pid_t pid, pid_t except, struct pid_vec *pids);

/*
 * A thread of `pid` that has the process's memory, descriptors and
 * namespaces: the first one, unless that has ended before others.  0 when
 * there is none, as of a zombie.
 */
pid_t process_live_thread(pid_t pid);

#endif
