/* SPDX-License-Identifier: MIT */
/*
 * What the kernel tells of one thread, read from descriptors kept open, or,
 * where there may not be so many, opened each time.
 */
#ifndef CPROF_PROC_TASK_H
#define CPROF_PROC_TASK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * /proc/PID/task/TID/schedstat.  `run_ns` of a thread that is on a CPU is
 * behind by up to one tick of the kernel, unless it is in a ptrace stop.
 */
struct task_account {
	uint64_t run_ns;	/* time on a CPU */
	uint64_t wait_ns;	/* time runnable, waiting for a CPU */
	uint64_t slices;	/* times it was put on a CPU */
};

enum task_activity {
	TASK_ACTIVE,		/* on a CPU or waiting for one */
	TASK_BLOCKED,		/* asleep; the call below says in what */
	TASK_GONE,
};

/* /proc/PID/task/TID/syscall of a blocked thread. */
struct task_call {
	int64_t number;		/* -1: asleep outside a system call */
	uint64_t args[6];
	uint64_t sp;
	uint64_t pc;
};

/* The two files of a thread; -1 where a file is not kept open. */
struct task_files {
	int schedstat;
	int syscall;
	pid_t pid;		/* 0: none */
	pid_t tid;
};

#define TASK_FILES_NONE { .schedstat = -1, .syscall = -1 }

void task_files_open(struct task_files *files, pid_t pid, pid_t tid);
void task_files_close(struct task_files *files);

/* False when the thread is gone; `*account` is unchanged then. */
bool task_account_read(const struct task_files *files,
		       struct task_account *account);

/* Fills `*call` when the answer is TASK_BLOCKED. */
enum task_activity task_call_read(const struct task_files *files,
				  struct task_call *call);

/*
 * How often the thread gave up the CPU by itself: to wait, or in a stop.
 * 0 when it is gone.
 */
uint64_t task_yields(pid_t pid, pid_t tid);

/* The thread's name (comm) in `name`; "" when it is gone. */
void task_name(pid_t pid, pid_t tid, char name[32]);

#endif
