/* SPDX-License-Identifier: MIT */
/* What decides whether one process may trace another. */
#ifndef CPROF_PROC_FACTS_H
#define CPROF_PROC_FACTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Comm is at most 15 bytes; kernel threads may show more. */
typedef char process_name[64];

/* About cprof itself and the machine. */
struct tracer_facts {
	uid_t uid;			/* effective */
	uint64_t capabilities;		/* effective */
	int yama;			/* ptrace_scope, -1: no Yama */
	int seccomp;			/* 0 none, 1 strict, 2 filter */
	bool no_new_privileges;
	bool user_namespace;		/* not the machine's first one */
	const char *container;		/* "docker", ...; NULL: none seen */
};

/* About the process that shall be traced. */
struct target_facts {
	pid_t pid;
	bool exists;
	bool kernel_thread;
	bool dumpable;		/* true when it cannot be told */
	char state;		/* as in /proc/PID/status */
	pid_t process;		/* that `pid` is a thread of */
	pid_t parent;
	pid_t tracer;		/* 0: none */
	uid_t uid;		/* effective */
	uid_t real_uid;
	uint64_t capabilities;	/* permitted */
	process_name name;
	process_name parent_name;
	process_name tracer_name;
	char user[64];		/* name of `uid`, "" when it has none */
};

void tracer_facts_read(struct tracer_facts *facts);

/* Has cprof the capability that overrides owner, dumpable flag and Yama? */
bool tracer_facts_privileged(const struct tracer_facts *facts);

/* Read what /proc tells of `pid`; `exists` is false when it is nothing. */
void target_facts_read(struct target_facts *facts, pid_t pid);

#endif
