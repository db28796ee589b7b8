/* SPDX-License-Identifier: MIT */
#include "proc/process.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/output.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	CMDLINE_MAX = 1 << 20
};

size_t process_file_read(pid_t pid, const char *file, char *text, size_t size)
{
	char path[64];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	got = read(fd, text, size - 1);
	close(fd);
	if (got <= 0)
		return 0;
	text[got] = '\0';
	return got;
}

void process_offer_itself(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "1000", 4) < 0)
		log_debug(LOG_RECORD, 1, "oom_score_adj cannot be written");
	close(fd);
}

const char *status_field(const char *text, const char *key)
{
	const char *pos = strstr(text, key);

	return pos ? pos + strlen(key) : "";
}

static unsigned long second_number(const char *text)
{
	char *end;

	strtoul(text, &end, 10);
	return strtoul(end, NULL, 10);
}

bool process_status_read(pid_t pid, struct process_status *status)
{
	char text[4096];

	if (!process_file_read(pid, "status", text, sizeof(text)))
		return false;
	/* The name, which the process chooses, comes first and is escaped. */
	status->state = status_field(text, "\nState:\t")[0];
	status->tgid = strtol(status_field(text, "\nTgid:\t"), NULL, 10);
	status->parent = strtol(status_field(text, "\nPPid:\t"), NULL, 10);
	status->tracer = strtol(status_field(text, "\nTracerPid:\t"), NULL, 10);
	status->euid = second_number(status_field(text, "\nUid:\t"));
	status->egid = second_number(status_field(text, "\nGid:\t"));
	status->no_new_privileges =
		status_field(text, "\nNoNewPrivs:\t")[0] == '1';
	status->peak_memory_bytes =
		strtoull(status_field(text, "\nVmHWM:\t"), NULL, 10) * 1024;
	return true;
}

bool process_has_ended(pid_t pid)
{
	struct process_status status;

	return !process_status_read(pid, &status) || status.state == 'Z' ||
	       status.state == 'X';
}

bool process_ignores(pid_t pid, int sig)
{
	const uint64_t bit = UINT64_C(1) << (sig - 1);
	char text[4096];

	if (!process_file_read(pid, "status", text, sizeof(text)))
		return false;
	if (strtoull(status_field(text, "\nSigIgn:\t"), NULL, 16) & bit)
		return true;
	if (strtoull(status_field(text, "\nSigCgt:\t"), NULL, 16) & bit)
		return false;
	return sig == SIGCHLD || sig == SIGURG || sig == SIGWINCH ||
	       sig == SIGCONT;
}

const char *stat_text_field(const char *text, int number)
{
	/* The name may hold anything, also ") R 1". */
	const char *pos = strrchr(text, ')');

	if (!pos)
		return NULL;
	pos++;
	for (int i = 3; i < number; i++) {
		pos += strspn(pos, " ");
		pos += strcspn(pos, " ");
	}
	return pos;
}

static const char *stat_field(pid_t pid, int number, char *text, size_t size)
{
	if (!process_file_read(pid, "stat", text, size))
		return NULL;
	return stat_text_field(text, number);
}

uint64_t process_cpu_ns(pid_t pid)
{
	struct timespec used;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &used))
		return 0;
	return (uint64_t)used.tv_sec * NS_PER_S + used.tv_nsec;
}

bool process_times_read(pid_t pid, uint64_t *user_ns, uint64_t *system_ns)
{
	const uint64_t tick_ns = NS_PER_S / sysconf(_SC_CLK_TCK);
	char text[1024];
	const char *pos = stat_field(pid, STAT_USER_TICKS, text, sizeof(text));
	char *end;

	if (!pos)
		return false;
	*user_ns = strtoull(pos, &end, 10) * tick_ns;
	*system_ns = strtoull(end, NULL, 10) * tick_ns;
	return true;
}

bool process_start_read(pid_t pid, uint64_t *ticks)
{
	char text[1024];
	const char *pos = stat_field(pid, 22, text, sizeof(text));

	if (!pos)
		return false;
	*ticks = strtoull(pos, NULL, 10);
	return true;
}

static int64_t clock_offset_ns(pid_t pid)
{
	static const char key[] = "monotonic";
	char text[256], *end;
	const char *pos;
	int64_t seconds;

	if (!process_file_read(pid, "timens_offsets", text, sizeof(text)))
		return 0;
	pos = status_field(text, key);
	seconds = strtoll(pos, &end, 10);
	return seconds * (int64_t)NS_PER_S + strtoll(end, NULL, 10);
}

int64_t process_clock_ahead_ns(pid_t pid)
{
	return clock_offset_ns(pid) - clock_offset_ns(getpid());
}

void process_exe(pid_t pid, char *path, size_t size)
{
	static const char deleted[] = " (deleted)";
	char link[64];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/%d/exe", pid);
	len = readlink(link, path, size - 1);
	if (len < 0) {
		snprintf(link, sizeof(link), "/proc/%d/exe",
			 process_live_thread(pid));
		len = readlink(link, path, size - 1);
	}
	if (len < 0)
		len = 0;
	path[len] = '\0';
	if ((size_t)len >= sizeof(deleted) &&
	    strcmp(path + len - (sizeof(deleted) - 1), deleted) == 0)
		path[len - (sizeof(deleted) - 1)] = '\0';
}

static void read_words(pid_t pid, struct strbuf *text)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	strbuf_clear(text);
	if (read_file_at(AT_FDCWD, path, CMDLINE_MAX, text, NULL))
		strbuf_clear(text);
}

void process_words(pid_t pid, struct strbuf *text, struct word_vec *words)
{
	read_words(pid, text);
	if (!text->len)
		read_words(process_live_thread(pid), text);
	/* A program that wrote a title over its words left the rest empty. */
	while (text->len > 1 && !text->text[text->len - 1] &&
	       !text->text[text->len - 2])
		text->len--;
	for (size_t at = 0; at < text->len; at += strlen(text->text + at) + 1)
		word_vec_push(words, text->text + at);
}

size_t process_thread_count(pid_t pid)
{
	struct stat status;
	char path[64];

	/* As for any folder: two links, and one for each that is in it. */
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	if (stat(path, &status) != 0 || status.st_nlink < 2)
		return 0;
	return status.st_nlink - 2;
}

bool process_threads(pid_t pid, struct pid_vec *tids)
{
	const struct dirent *entry;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return false;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] != '.')
			pid_vec_push(tids, strtol(entry->d_name, NULL, 10));
	}
	closedir(dir);
	return true;
}

struct kin {
	pid_t pid;
	pid_t parent;		/* 0: nobody asks any more */
};

VEC_DEFINE(kin_vec, struct kin);

static void add_kin(struct kin_vec *all, pid_t pid)
{
	char text[1024];
	const char *pos = stat_field(pid, STAT_STATE, text, sizeof(text));

	/* A first thread may have ended before others. */
	if (!pos || (strchr("ZX", pos[strspn(pos, " ")]) &&
		     process_thread_count(pid) < 2))
		return;
	pos = stat_text_field(text, STAT_PARENT);
	kin_vec_push(all, (struct kin){ pid, strtol(pos, NULL, 10) });
}

static void read_kin(struct kin_vec *all)
{
	DIR *dir = opendir("/proc");
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		const pid_t pid = strtol(entry->d_name, NULL, 10);

		if (pid > 0)
			add_kin(all, pid);
	}
	if (dir)
		closedir(dir);
}

/* Each once: ids that are used anew while we read could make a ring. */
static void take_children(struct kin_vec *all, pid_t parent, pid_t except,
			  struct pid_vec *pids)
{
	for (size_t i = 0; i < all->count; i++) {
		struct kin *kin = &all->items[i];

		if (kin->parent != parent || kin->pid == except)
			continue;
		pid_vec_push(pids, kin->pid);
		kin->parent = 0;
	}
}

void process_descendants(pid_t pid, pid_t except, struct pid_vec *pids)
{
	struct kin_vec all = VEC_INIT;
	size_t next = pids->count;

	read_kin(&all);
	take_children(&all, pid, except, pids);
	for (; next < pids->count; next++)
		take_children(&all, pids->items[next], except, pids);
	kin_vec_release(&all);
}

static bool has_memory(pid_t pid)
{
	char byte[2];

	return process_file_read(pid, "maps", byte, sizeof(byte)) > 0;
}

pid_t process_live_thread(pid_t pid)
{
	struct pid_vec tids = VEC_INIT;
	pid_t found = 0;

	if (has_memory(pid))
		return pid;
	process_threads(pid, &tids);
	for (size_t i = 0; i < tids.count && !found; i++) {
		if (tids.items[i] != pid && has_memory(tids.items[i]))
			found = tids.items[i];
	}
	pid_vec_release(&tids);
	return found;
}
