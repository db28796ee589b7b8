/* SPDX-License-Identifier: MIT */
#include "proc/task.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static int task_open(pid_t pid, pid_t tid, const char *file)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", pid, tid, file);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* A part of the descriptors is for others: modules, what comes and goes. */
static int task_keep(pid_t pid, pid_t tid, const char *file)
{
	struct rlimit limit = { .rlim_cur = 0 };
	int fd = task_open(pid, tid, file);

	getrlimit(RLIMIT_NOFILE, &limit);
	if (fd < 0 || (rlim_t)fd < limit.rlim_cur / 2)
		return fd;
	close(fd);
	return -1;
}

void task_files_open(struct task_files *files, pid_t pid, pid_t tid)
{
	files->pid = pid;
	files->tid = tid;
	files->schedstat = task_keep(pid, tid, "schedstat");
	files->syscall = task_keep(pid, tid, "syscall");
}

void task_files_close(struct task_files *files)
{
	if (files->schedstat >= 0)
		close(files->schedstat);
	if (files->syscall >= 0)
		close(files->syscall);
	*files = (struct task_files)TASK_FILES_NONE;
}

/* Read all of a small /proc file again; the length, 0 when it is gone. */
static size_t reread(int fd, char *text, size_t size)
{
	ssize_t got;

	if (fd < 0)
		return 0;
	got = pread(fd, text, size - 1, 0);
	if (got <= 0)
		return 0;
	text[got] = '\0';
	return got;
}

static size_t task_read(const struct task_files *files, int fd,
			const char *file, char *text, size_t size)
{
	size_t got;

	if (fd >= 0 || !files->pid)
		return reread(fd, text, size);
	fd = task_open(files->pid, files->tid, file);
	got = reread(fd, text, size);
	if (fd >= 0)
		close(fd);
	return got;
}

bool task_account_read(const struct task_files *files,
		       struct task_account *account)
{
	char text[96];
	char *pos = text;

	if (!task_read(files, files->schedstat, "schedstat", text,
		       sizeof(text)))
		return false;
	account->run_ns = strtoull(pos, &pos, 10);
	account->wait_ns = strtoull(pos, &pos, 10);
	account->slices = strtoull(pos, &pos, 10);
	return true;
}

enum task_activity task_call_read(const struct task_files *files,
				  struct task_call *call)
{
	char text[256];
	char *pos = text;

	if (!task_read(files, files->syscall, "syscall", text, sizeof(text)))
		return TASK_GONE;
	if (strncmp(text, "running", 7) == 0)
		return TASK_ACTIVE;

	*call = (struct task_call){ .number = strtoll(pos, &pos, 10) };
	for (int i = 0; i < 6 && call->number >= 0; i++)
		call->args[i] = strtoull(pos, &pos, 16);
	call->sp = strtoull(pos, &pos, 16);
	call->pc = strtoull(pos, &pos, 16);
	return TASK_BLOCKED;
}

uint64_t task_yields(pid_t pid, pid_t tid)
{
	static const char key[] = "\nvoluntary_ctxt_switches:\t";
	char text[4096];
	const int fd = task_open(pid, tid, "status");
	const size_t len = reread(fd, text, sizeof(text));
	const char *found = len ? strstr(text, key) : NULL;

	if (fd >= 0)
		close(fd);
	return found ? strtoull(found + sizeof(key) - 1, NULL, 10) : 0;
}

void task_name(pid_t pid, pid_t tid, char name[32])
{
	int fd = task_open(pid, tid, "comm");
	size_t len = reread(fd, name, 32);

	if (fd >= 0)
		close(fd);
	while (len && name[len - 1] == '\n')
		len--;
	name[len] = '\0';
}
