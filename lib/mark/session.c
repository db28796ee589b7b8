/* SPDX-License-Identifier: MIT */
/*
 * A program that records itself.  Only here, in an object file of its own,
 * is the environment read and a process started.  That has no exit signal:
 * the host's SIGCHLD and its wait(2) do not see it.
 */
#include "mark/mark.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	START_WITHIN_MS = 10000,
	STOP_WITHIN_MS = 60000,	/* names are looked up */
	ARGUMENTS_MAX = 64,
	LABELS_MAX = 16,
	PATH_BYTES = 512,	/* as in struct cprof_result */
	NAME_MAX_BYTES = 64,
	TEXT_BYTES_MAX = 1 << 20,
	DESCRIPTORS_MAX = 1 << 16
};

struct cprof_session {
	enum cprof_state state;
	char name[NAME_MAX_BYTES];
	char path[PATH_BYTES];
	char made[PATH_BYTES];		/* the directory, if we made it */
	char message[256];
	pid_t recorder;
	uint64_t start_ns;
	uint64_t start_cpu_ns;
};

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t time_of(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * 1000000000 +
	       (uint64_t)time->tv_usec * 1000;
}

static uint64_t cpu_ns(uint64_t *peak_bytes)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	if (peak_bytes)
		*peak_bytes = (uint64_t)usage.ru_maxrss * 1024;
	return time_of(&usage.ru_utime) + time_of(&usage.ru_stime);
}

static int is_on(void)
{
	const uint64_t lease_ns = LOAD(&pool.head.control.lease_ns);

	return lease_ns && clock_ns() < lease_ns;
}

static void sleep_a_little(void)
{
	const struct timespec little = { 0, 1000000 };

	nanosleep(&little, NULL);
}

/* In the children: between clone and exec, nothing that takes a lock. */

static void close_between(unsigned int first, unsigned int last)
{
	struct rlimit limit = { .rlim_cur = 1024 };

#ifdef SYS_close_range
	if (syscall(SYS_close_range, first, last, 0) == 0)
		return;
#endif
	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur > DESCRIPTORS_MAX)
		limit.rlim_cur = DESCRIPTORS_MAX;
	for (unsigned int i = first; i <= last && i < limit.rlim_cur; i++)
		close((int)i);
}

/*
 * The host's pipes and locks are its own: nothing of them stays open, as
 * their other ends would wait for us.  `out`, if there is one, becomes 1.
 */
static void take_descriptors(int out)
{
	if (out > 0)
		close_between(0, (unsigned int)out - 1);
	close_between((unsigned int)out + 1, ~0U);
	/* The lowest that is free: 0. */
	open("/dev/null", O_RDWR);
	dup2(out >= 0 ? out : 0, 1);
	fcntl(1, F_SETFD, 0);
	dup2(0, 2);
	if (out > 2)
		close(out);
}

/* No handler of the host may run; what it ignores stays so, but for these. */
static void reset_signals(void)
{
	struct sigaction was;

	for (int sig = 1; sig < NSIG; sig++) {
		if (sigaction(sig, NULL, &was) == 0 &&
		    was.sa_handler != SIG_IGN)
			signal(sig, SIG_DFL);
	}
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	/* Or else nobody could be waited for. */
	signal(SIGCHLD, SIG_DFL);
}

static void become(const char *const *argv)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

/*
 * In the child that has no exit signal.  It cannot exec: that would give it
 * one.  So it waits for one that does, and ends as that does.
 */
static void stand_in(const char *const *argv, int out)
{
	sigset_t all;
	pid_t pid;
	int status = 0;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	/* Of its own: the terminal's Ctrl-C is the host's. */
	setpgid(0, 0);
	reset_signals();
	take_descriptors(out);
	pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		become(argv);
	close(1);
	while (pid > 0 && waitpid(pid, &status, __WALL) < 0 && errno == EINTR)
		;
	_exit(pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 126);
}

/* fork(2) without a signal at its end, and without handlers. */
static pid_t start(const char *const *argv, int out)
{
	const pid_t pid = (pid_t)syscall(SYS_clone, 0, 0, 0, 0, 0);

	if (pid == 0)
		stand_in(argv, out);
	/* Both do it: nobody knows who comes first. */
	if (pid > 0)
		setpgid(pid, pid);
	return pid;
}

/* 0 while it lives, 1 when it ended with `*status`. */
static int has_ended(pid_t pid, int *status)
{
	pid_t ended;

	do {
		ended = waitpid(pid, status, WNOHANG | __WALL);
	} while (ended < 0 && errno == EINTR);
	return ended != 0;
}

static int wait_for(pid_t pid, int milliseconds)
{
	int status = -1;

	for (int i = 0; i < milliseconds; i++) {
		if (has_ended(pid, &status))
			return status;
		sleep_a_little();
	}
	kill(-pid, SIGKILL);
	while (!has_ended(pid, &status))
		sleep_a_little();
	return -1;
}

/* What the command prints, for the caller to free(); NULL: it failed. */
static char *output_of(const char *const *argv)
{
	char *text = malloc(TEXT_BYTES_MAX + 1);
	size_t len = 0;
	int ends[2];
	pid_t pid;

	if (!text || pipe2(ends, O_CLOEXEC)) {
		free(text);
		return NULL;
	}
	pid = start(argv, ends[1]);
	close(ends[1]);
	while (pid > 0 && len < TEXT_BYTES_MAX) {
		const ssize_t got = read(ends[0], text + len,
					 TEXT_BYTES_MAX - len);

		if (got == 0 || (got < 0 && errno != EINTR))
			break;
		len += got > 0 ? (size_t)got : 0;
	}
	close(ends[0]);
	text[len] = '\0';
	if (pid < 0 || wait_for(pid, STOP_WITHIN_MS) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* Absolute: the host may go elsewhere.  Relative where that is too long. */
static void choose_directory(char *directory, size_t bytes)
{
	const char *asked = getenv("CPROF_OUTPUT_DIR");
	char here[PATH_BYTES];

	if (!asked || !*asked)
		asked = "profiles";
	if (*asked == '/' || !getcwd(here, sizeof(here)) ||
	    (size_t)snprintf(directory, bytes, "%s/%s", here, asked) >= bytes)
		snprintf(directory, bytes, "%s", asked);
}

/* A name as a part of a path. */
static void choose_path(struct cprof_session *session)
{
	char directory[PATH_BYTES - NAME_MAX_BYTES - 48];
	char name[NAME_MAX_BYTES];
	size_t i;

	choose_directory(directory, sizeof(directory));
	for (i = 0; session->name[i]; i++) {
		const char c = session->name[i];

		name[i] = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			  (c >= '0' && c <= '9') || (c == '.' && i) ||
			  c == '_' ? c : '-';
	}
	name[i] = '\0';
	if (mkdir(directory, 0777) == 0)
		snprintf(session->made, sizeof(session->made), "%s",
			 directory);
	snprintf(session->path, sizeof(session->path), "%s/%s-%lld-%d.prof",
		 directory, name, (long long)clock_ns() / 1000000,
		 (int)getpid());
}

static int start_recorder(struct cprof_session *session,
			  const char *const *labels)
{
	const char *argv[ARGUMENTS_MAX] = { "cprof", "record", "-q", "-p" };
	char pid[16];
	int count = 4;

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	argv[count++] = pid;
	argv[count++] = "-o";
	argv[count++] = session->path;
	argv[count++] = "--name";
	argv[count++] = session->name;
	for (int i = 0; labels && labels[i] && i < LABELS_MAX; i++) {
		argv[count++] = "--label";
		argv[count++] = labels[i];
	}
	session->recorder = start(argv, -1);
	return session->recorder < 0 ? -1 : 0;
}

/* cprof is there when it has switched us on. */
static int await_recorder(struct cprof_session *session)
{
	for (int i = 0; i < START_WITHIN_MS && !is_on(); i++) {
		int status = 0;

		if (has_ended(session->recorder, &status)) {
			session->recorder = 0;
			snprintf(session->message, sizeof(session->message),
				 WIFEXITED(status) && WEXITSTATUS(status) ==
				 127 ? "there is no cprof in PATH" :
				 "cprof record -p failed (see cprof doctor)");
			return -1;
		}
		sleep_a_little();
	}
	if (is_on())
		return 0;
	kill(-session->recorder, SIGKILL);
	wait_for(session->recorder, START_WITHIN_MS);
	session->recorder = 0;
	snprintf(session->message, sizeof(session->message),
		 "cprof did not come up within %d s", START_WITHIN_MS / 1000);
	return -1;
}

static void record(struct cprof_session *session, const char *const *labels)
{
	session->state = CPROF_FAILED;
	choose_path(session);
	if (start_recorder(session, labels)) {
		snprintf(session->message, sizeof(session->message),
			 "no process can be started");
		return;
	}
	/* Where Yama lets descendants be traced only. */
	prctl(PR_SET_PTRACER, (unsigned long)session->recorder, 0, 0, 0);
	if (await_recorder(session) == 0)
		session->state = CPROF_RECORDED;
}

struct cprof_session *cprof_start_labelled(const char *name,
					   const char *const *labels)
{
	const char *enabled = getenv("CPROF_PROFILE");
	struct cprof_session *session;
	const int saved_errno = errno;

	if (!is_on() && (!enabled || strcmp(enabled, "1") != 0))
		return NULL;
	session = calloc(1, sizeof(*session));
	if (!session)
		return NULL;
	snprintf(session->name, sizeof(session->name), "%s",
		 name && *name ? name : "session");
	session->state = CPROF_OUTSIDE;
	if (!is_on())
		record(session, labels);
	session->start_cpu_ns = cpu_ns(NULL);
	session->start_ns = clock_ns();
	(cprof_region_begin)(session->name);
	for (int i = 0; labels && labels[i] && i < LABELS_MAX; i++) {
		char label[2 * MARK_NAME_BYTES];
		char *value;

		snprintf(label, sizeof(label), "%s", labels[i]);
		value = strchr(label, '=');
		if (!value)
			continue;
		*value++ = '\0';
		cprof_region_label(label, value);
	}
	errno = saved_errno;
	return session;
}

struct cprof_session *cprof_start(const char *name)
{
	return cprof_start_labelled(name, NULL);
}

/* --- the result --- */

/* The next cell of a line of RFC 4180 into `cell`; where the rest begins. */
static const char *next_cell(const char *text, char *cell, size_t bytes)
{
	const int quoted = *text == '"';
	size_t len = 0;

	text += quoted;
	while (*text && (quoted || (*text != ',' && *text != '\n'))) {
		if (quoted && *text == '"' && *++text != '"')
			break;
		if (len + 1 < bytes)
			cell[len++] = *text;
		text++;
	}
	cell[len] = '\0';
	return *text == ',' ? text + 1 : text;
}

/* function,module,file,line,reason,self_ns,total_ns,samples,... */
static void read_functions(struct cprof_result *result, const char *csv)
{
	enum { NAME = 0, SELF = 5, TOTAL = 6, SAMPLES = 7, CELLS = 9 };

	csv = strchr(csv, '\n');
	while (csv && csv[1] && result->function_count < CPROF_FUNCTIONS) {
		const int at = result->function_count++;

		csv++;
		for (int i = 0; i < CELLS; i++) {
			char cell[sizeof(result->functions[at].name)];

			csv = next_cell(csv, cell, sizeof(cell));
			if (i == NAME)
				memcpy(result->functions[at].name, cell,
				       sizeof(cell));
			if (i == SELF)
				result->functions[at].self_ns =
					strtoull(cell, NULL, 10);
			if (i == TOTAL)
				result->functions[at].total_ns =
					strtoull(cell, NULL, 10);
			if (i == SAMPLES)
				result->samples += strtoull(cell, NULL, 10);
		}
		csv = strchr(csv, '\n');
	}
}

static void read_profile(struct cprof_session *session,
			 struct cprof_result *result)
{
	const char *const rows[] = {
		"cprof", "export", "-f", "csv", "--by", "function", "--top",
		"10", "-o", "-", session->path, NULL
	};
	const char *const report[] = {
		"cprof", "report", "--no-pager", session->path, NULL
	};
	char *csv = output_of(rows);

	if (csv)
		read_functions(result, csv);
	free(csv);
	result->text = output_of(report);
}

/* It ends as if by Ctrl-C. */
static void stop_recorder(struct cprof_session *session)
{
	if (session->state != CPROF_RECORDED)
		return;
	kill(-session->recorder, SIGINT);
	if (wait_for(session->recorder, STOP_WITHIN_MS) != 0) {
		session->state = CPROF_FAILED;
		snprintf(session->message, sizeof(session->message),
			 "cprof record ended with an error");
	}
	prctl(PR_SET_PTRACER, 0UL, 0, 0, 0);
}

/* Of one that failed, what it had written so far may be there. */
static void discard(const struct cprof_session *session)
{
	char partial[PATH_BYTES + sizeof(".partial")];

	unlink(session->path);
	snprintf(partial, sizeof(partial), "%s.partial", session->path);
	unlink(partial);
}

enum cprof_state cprof_stop(struct cprof_session *session, int what,
			    struct cprof_result *result)
{
	const int saved_errno = errno;
	enum cprof_state state;
	uint64_t peak_bytes;

	if (result)
		memset(result, 0, sizeof(*result));
	if (!session)
		return CPROF_OFF;
	(cprof_region_end)(session->name);
	if (result) {
		result->duration_ns = clock_ns() - session->start_ns;
		result->cpu_ns = cpu_ns(&peak_bytes) - session->start_cpu_ns;
		result->peak_memory_bytes = peak_bytes;
	}
	stop_recorder(session);
	state = session->state;
	if (result && state == CPROF_RECORDED)
		read_profile(session, result);
	if (result) {
		result->state = state;
		memcpy(result->message, session->message,
		       sizeof(result->message));
		if (state == CPROF_RECORDED && what == CPROF_SAVE)
			memcpy(result->path, session->path,
			       sizeof(result->path));
	}
	if (*session->path && what != CPROF_SAVE)
		discard(session);
	/* Stays unless it is empty. */
	if (*session->made)
		rmdir(session->made);
	free(session);
	errno = saved_errno;
	return state;
}

const char *cprof_result_text(const struct cprof_result *result)
{
	return result->text ? result->text : "";
}

void cprof_result_release(struct cprof_result *result)
{
	free(result->text);
	result->text = NULL;
}
