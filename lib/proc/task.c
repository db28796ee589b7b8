/* SPDX-License-Identifier: MIT */
#include "proc/task.h"

#include "base/clock.h"
#include "proc/process.h"

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

void task_files_init(struct task_files *files, pid_t pid, pid_t tid)
{
	*files = (struct task_files)TASK_FILES_NONE;
	files->pid = pid;
	files->tid = tid;
}

void task_files_keep(struct task_files *files)
{
	if (files->kept)
		return;
	files->kept = true;
	files->schedstat = task_keep(files->pid, files->tid, "schedstat");
	files->syscall = task_keep(files->pid, files->tid, "syscall");
}

void task_files_open(struct task_files *files, pid_t pid, pid_t tid)
{
	task_files_init(files, pid, tid);
	task_files_keep(files);
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

static size_t task_text(pid_t pid, pid_t tid, const char *name, char *text,
			size_t size)
{
	const int fd = task_open(pid, tid, name);
	const size_t len = reread(fd, text, size);

	if (fd >= 0)
		close(fd);
	return len;
}

static uint64_t number_at(const char *text, const char *key)
{
	return strtoull(status_field(text, key), NULL, 10);
}

uint64_t task_yields(pid_t pid, pid_t tid)
{
	char text[4096];

	if (!task_text(pid, tid, "status", text, sizeof(text)))
		return 0;
	return number_at(text, "\nvoluntary_ctxt_switches:\t");
}

void task_status_name(const char *text, char name[32])
{
	const char *pos = status_field(text, "Name:\t");
	size_t len = 0;

	for (; *pos && *pos != '\n' && len < 31; pos++) {
		if (*pos == '\\' && pos[1]) {
			pos++;
			name[len++] = *pos == 'n' ? '\n' : *pos;
		} else {
			name[len++] = *pos;
		}
	}
	name[len] = '\0';
}

uint64_t task_yields_and_name(pid_t pid, pid_t tid, char name[32])
{
	char text[4096];

	name[0] = '\0';
	if (!task_text(pid, tid, "status", text, sizeof(text)))
		return 0;
	task_status_name(text, name);
	return number_at(text, "\nvoluntary_ctxt_switches:\t");
}

bool task_io_parse(const char *text, struct task_io *io)
{
	if (strncmp(text, "rchar: ", 7) != 0)
		return false;
	*io = (struct task_io){
		.read_chars = strtoull(text + 7, NULL, 10),
		.write_chars = number_at(text, "\nwchar: "),
		.read_calls = number_at(text, "\nsyscr: "),
		.write_calls = number_at(text, "\nsyscw: "),
		.read_bytes = number_at(text, "\nread_bytes: "),
		.write_bytes = number_at(text, "\nwrite_bytes: "),
	};
	return true;
}

bool task_io_read(pid_t pid, pid_t tid, struct task_io *io)
{
	char text[512];

	return task_text(pid, tid, "io", text, sizeof(text)) &&
	       task_io_parse(text, io);
}

int task_io_open(pid_t pid, pid_t tid)
{
	return task_open(pid, tid, "io");
}

bool task_io_read_at(int fd, struct task_io *io)
{
	char text[512];

	return reread(fd, text, sizeof(text)) && task_io_parse(text, io);
}

bool task_events_read(pid_t pid, pid_t tid, struct task_events *events)
{
	char text[4096];
	const char *pos;

	if (!task_text(pid, tid, "stat", text, sizeof(text)))
		return false;
	pos = stat_text_field(text, STAT_MINOR_FAULTS);
	events->minor_faults = pos ? strtoull(pos, NULL, 10) : 0;
	pos = stat_text_field(text, STAT_MAJOR_FAULTS);
	events->major_faults = pos ? strtoull(pos, NULL, 10) : 0;
	if (!task_text(pid, tid, "status", text, sizeof(text)))
		return false;
	events->yields = number_at(text, "\nvoluntary_ctxt_switches:\t");
	events->preemptions =
		number_at(text, "\nnonvoluntary_ctxt_switches:\t");
	return true;
}

bool task_times_read(pid_t pid, pid_t tid, uint64_t *user_ns,
		     uint64_t *system_ns)
{
	const uint64_t tick_ns = NS_PER_S / sysconf(_SC_CLK_TCK);
	const char *user, *system;
	char text[1024];

	if (!task_text(pid, tid, "stat", text, sizeof(text)))
		return false;
	user = stat_text_field(text, STAT_USER_TICKS);
	system = stat_text_field(text, STAT_SYSTEM_TICKS);
	if (!user || !system)
		return false;
	*user_ns = strtoull(user, NULL, 10) * tick_ns;
	*system_ns = strtoull(system, NULL, 10) * tick_ns;
	return true;
}

int task_cpu_open(pid_t pid, pid_t tid)
{
	return task_open(pid, tid, "stat");
}

int task_cpu_read(int fd)
{
	char text[1024];
	const char *cpu;

	if (!reread(fd, text, sizeof(text)))
		return -1;
	cpu = stat_text_field(text, STAT_CPU);
	return cpu ? (int)strtol(cpu, NULL, 10) : -1;
}

void task_name(pid_t pid, pid_t tid, char name[32])
{
	size_t len = task_text(pid, tid, "comm", name, 32);

	while (len && name[len - 1] == '\n')
		len--;
	name[len] = '\0';
}
