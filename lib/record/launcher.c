/* SPDX-License-Identifier: MIT */
#include "record/launcher.h"

#include "base/compiler.h"
#include "base/mem.h"
#include "record/priority.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	EXIT_NEVER_STARTED = 125
};

static void close_inherited(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		int fd = strtol(entry->d_name, NULL, 10);

		/* All of ours are close-on-exec; none survives an exec. */
		if (fd > STDERR_FILENO && !(fcntl(fd, F_GETFD) & FD_CLOEXEC))
			close(fd);
	}
	closedir(dir);
}

void launcher_drop_inherited(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		close(null);
	}
	close_inherited();
}

/* What the sampler's process needs before it is the sampler. */
static void sampler_prepare(const struct recording *recording, pid_t parent)
{
	const struct rlimit no_core = { 0, 0 };

	mem_set_last_resort(NULL, NULL);
	setpgid(0, 0);
	/* Blocked, as all are: the sampler reads it and ends the file. */
	prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	if (getppid() != parent)
		kill(getpid(), SIGTERM);
	/* A core file of it would hold the program's memory. */
	setrlimit(RLIMIT_CORE, &no_core);
	launcher_drop_inherited();
	if (!recording->debuginfod)
		unsetenv("DEBUGINFOD_URLS");
}

int sampler_process_fork(struct sampler_process *sampler,
			 const struct recording *recording,
			 struct control_page *page, struct error *err)
{
	const pid_t parent = getpid();
	int ends[2];

	if (control_pair(ends, err))
		return -1;
	sampler->pid = fork();
	if (sampler->pid == 0) {
		close(ends[0]);
		sampler_prepare(recording, parent);
		_exit(sampler_main(recording, ends[1], page));
	}
	close(ends[1]);
	if (sampler->pid < 0) {
		sampler->pid = 0;
		close(ends[0]);
		return error_set_errno(err, "cannot fork the sampler");
	}
	setpgid(sampler->pid, sampler->pid);
	sampler->fd = ends[0];
	return 0;
}

/* What a process does not pass to its child, but would have through exec. */
struct inheritance {
	pid_t pid;
	int parent_death_signal;
	int subreaper;
	bool has_priority;	/* that a fork resets (chrt -R) */
	struct priority priority;
};

static void inheritance_read(struct inheritance *own)
{
	own->pid = getpid();
	own->parent_death_signal = own->subreaper = 0;
	prctl(PR_GET_PDEATHSIG, &own->parent_death_signal, 0, 0, 0);
	prctl(PR_GET_CHILD_SUBREAPER, &own->subreaper, 0, 0, 0);
	own->has_priority = priority_is_reset(&own->priority);
}

static uint64_t pidfd_inode(pid_t pid)
{
	struct stat status = { .st_ino = 0 };
	int fd = pidfd_open(pid, 0);

	if (fd >= 0) {
		fstat(fd, &status);
		close(fd);
	}
	return status.st_ino;
}

/* A number that means us means the program: it would have been us. */
static void replace_own(const char *name, uint64_t own, uint64_t other)
{
	const char *value = getenv(name);
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, own);
	if (!value || strcmp(value, text) != 0)
		return;
	snprintf(text, sizeof(text), "%" PRIu64, other);
	setenv(name, text, 1);
}

/*
 * Who starts a program tells it by these that sockets and a watchdog are
 * meant for it (sd_listen_fds(3)), and not for what it starts.
 */
static void take_environment(pid_t from)
{
	static const char *const names[] = {
		"LISTEN_PID", "WATCHDOG_PID", "SYSTEMD_EXEC_PID"
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		replace_own(names[i], from, getpid());
	if (getenv("LISTEN_PIDFDID"))
		replace_own("LISTEN_PIDFDID", pidfd_inode(from),
			    pidfd_inode(getpid()));
}

static void inheritance_apply(const struct inheritance *own)
{
	if (own->parent_death_signal)
		prctl(PR_SET_PDEATHSIG, own->parent_death_signal, 0, 0, 0);
	if (own->subreaper)
		prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (own->has_priority)
		priority_restore(&own->priority);
	take_environment(own->pid);
}

static _Noreturn void program_main(const char *const *argv, int release_fd,
				   int exec_fd,
				   const struct signal_guard *signals)
{
	int error = 0;
	char byte;

	/* Only now may the sampler seize us, under Yama. */
	if (write(exec_fd, &error, sizeof(error)) != sizeof(error) ||
	    read(release_fd, &byte, 1) != 1)
		_exit(EXIT_NEVER_STARTED);
	signal_guard_restore(signals);
	execvp(argv[0], (char *const *)argv);
	error = errno;
	/* Nobody to tell is no reason to do anything else. */
	if (write(exec_fd, &error, sizeof(error)) < 0)
		_exit(EXIT_NEVER_STARTED);
	_exit(EXIT_NEVER_STARTED);
}

static int open_pipes(int release[2], int exec[2], struct error *err)
{
	if (pipe2(release, O_CLOEXEC) < 0)
		return error_set_errno(err, "cannot make a pipe");
	if (pipe2(exec, O_CLOEXEC) < 0) {
		error_set_errno(err, "cannot make a pipe");
		close(release[0]);
		close(release[1]);
		return -1;
	}
	return 0;
}

int program_fork(struct program *program, const char *const *argv,
		 pid_t tracer, const struct signal_guard *signals,
		 struct error *err)
{
	struct inheritance own;
	int release[2], exec[2];

	if (open_pipes(release, exec, err))
		return -1;
	inheritance_read(&own);
	program->pid = fork();
	if (program->pid == 0) {
		/* Held here, its end could not be seen when cprof dies. */
		close(release[1]);
		close(exec[0]);
		mem_set_last_resort(NULL, NULL);
		inheritance_apply(&own);
		prctl(PR_SET_PTRACER, tracer, 0, 0, 0);
		program_main(argv, release[0], exec[1], signals);
	}
	close(release[0]);
	close(exec[1]);
	program->release_fd = release[1];
	program->exec_fd = exec[0];
	if (program->pid < 0) {
		program->pid = 0;
		error_set_errno(err, "cannot fork");
		program_close(program);
		return -1;
	}
	program->pidfd = pidfd_open(program->pid, 0);
	return 0;
}

int program_release(struct program *program, struct error *err)
{
	ssize_t sent = write(program->release_fd, "x", 1);

	if (sent != 1)
		error_set_errno(err, "cannot start the program");
	close(program->release_fd);
	program->release_fd = -1;
	return sent == 1 ? 0 : -1;
}

enum program_news program_read_news(struct program *program)
{
	ssize_t got;
	int error;

	do
		got = read(program->exec_fd, &error, sizeof(error));
	while (got < 0 && errno == EINTR);
	if (got == sizeof(error) && error == 0)
		return PROGRAM_PREPARED;

	close(program->exec_fd);
	program->exec_fd = -1;
	if (got != sizeof(error))
		return PROGRAM_EXECUTES;
	errno = error;
	return PROGRAM_EXEC_FAILED;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void program_close(struct program *program)
{
	close_fd(&program->release_fd);
	close_fd(&program->exec_fd);
	close_fd(&program->pidfd);
}
