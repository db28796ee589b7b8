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
	bool kept;		/* they were opened, as far as may be */
};

#define TASK_FILES_NONE { .schedstat = -1, .syscall = -1 }

/* Of this thread; not open yet: each look at them opens and closes one. */
void task_files_init(struct task_files *files, pid_t pid, pid_t tid);

/* Open them, unless they are. */
void task_files_keep(struct task_files *files);

/* Both of these. */
void task_files_open(struct task_files *files, pid_t pid, pid_t tid);
void task_files_close(struct task_files *files);

/* False when the thread is gone; `*account` is unchanged then. */
bool task_account_read(const struct task_files *files,
		       struct task_account *account);

/* Fills `*call` when the answer is TASK_BLOCKED. */
enum task_activity task_call_read(const struct task_files *files,
				  struct task_call *call);

/* /proc/PID/task/TID/io: of this thread alone, not of its children. */
struct task_io {
	uint64_t read_chars;	/* asked for: files, pipes, terminals, ... */
	uint64_t write_chars;
	uint64_t read_calls;
	uint64_t write_calls;
	uint64_t read_bytes;	/* fetched from a disk */
	uint64_t write_bytes;	/* to be written to one */
};

/* False when the thread is gone, or is not ours to look at. */
bool task_io_read(pid_t pid, pid_t tid, struct task_io *io);

/* The same from a file that the caller keeps open; -1: it cannot be. */
int task_io_open(pid_t pid, pid_t tid);
bool task_io_read_at(int fd, struct task_io *io);

/* The text of such a file; false when it is another. */
bool task_io_parse(const char *text, struct task_io *io);

struct task_events {
	uint64_t minor_faults;
	uint64_t major_faults;	/* that waited for a disk */
	uint64_t yields;	/* times it gave up the CPU by itself */
	uint64_t preemptions;	/* times it lost it */
};

/* From its stat and status; false when the thread is gone. */
bool task_events_read(pid_t pid, pid_t tid, struct task_events *events);

/* User and system time, in steps of 10 ms; false when the thread is gone. */
bool task_times_read(pid_t pid, pid_t tid, uint64_t *user_ns,
		     uint64_t *system_ns);

/*
 * How often the thread gave up the CPU by itself: to wait, or in a stop.
 * 0 when it is gone.
 */
uint64_t task_yields(pid_t pid, pid_t tid);

/*
 * The CPU that the thread is on, or was on last: a file to be read from, which
 * the caller closes, or -1; and the number, -1 when the thread is gone.
 */
int task_cpu_open(pid_t pid, pid_t tid);
int task_cpu_read(int fd);

/* The thread's name (comm) in `name`; "" when it is gone. */
void task_name(pid_t pid, pid_t tid, char name[32]);

/* Both, from one file. */
uint64_t task_yields_and_name(pid_t pid, pid_t tid, char name[32]);

/* The name as /proc/PID/status has it, where it is escaped. */
void task_status_name(const char *text, char name[32]);

#endif
