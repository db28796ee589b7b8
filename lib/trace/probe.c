/* SPDX-License-Identifier: MIT */
#include "trace/probe.h"

#include "base/clock.h"
#include "base/output.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	PATIENCE_MS = 2000,	/* for a stop that comes within microseconds */
};

/* A child that lives until `hold` is closed. */
struct child {
	pid_t pid;
	int hold;
};

static const struct {
	const char *name;
	const char *purpose;
} steps[PROBE_STEPS] = {
	[PROBE_SEIZE] = { "seize", "get hold of a thread" },
	[PROBE_STOP] = { "stop", "stop it for a moment" },
	[PROBE_REGISTERS] = { "registers", "see where it is" },
	[PROBE_MEMORY] = { "memory", "copy its stack" },
	[PROBE_RESUME] = { "resume", "let it run on" },
	[PROBE_SYSCALL] = { "syscall", "see what a thread waits for" },
	[PROBE_ACCOUNT] = { "schedstat", "the kernel's account of CPU time" },
};

const char *probe_step_name(enum probe_step step)
{
	return steps[step].name;
}

const char *probe_step_purpose(enum probe_step step)
{
	return steps[step].purpose;
}

static void close_two(int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

/* In the child: tell our pid, sleep until the parent's end is closed. */
static void live(int hold[2], int tell[2])
{
	const pid_t pid = getpid();
	char byte;

	close(hold[1]);
	if (write(tell[1], &pid, sizeof(pid)) == sizeof(pid)) {
		while (read(hold[0], &byte, 1) < 0 && errno == EINTR)
			;
	}
	_exit(0);
}

/* Like fork(), but our child ends at once and leaves its own behind. */
static pid_t fork_orphan(void)
{
	pid_t middle = fork();

	if (middle == 0) {
		pid_t pid = fork();

		if (pid == 0)
			return 0;
		_exit(pid < 0);
	}
	if (middle > 0)
		waitpid(middle, NULL, 0);
	return middle;
}

static int child_start(struct child *child, bool orphan, struct error *err)
{
	int hold[2], tell[2];
	pid_t forked;

	if (pipe2(hold, O_CLOEXEC))
		return error_set_errno(err, "cannot make a pipe");
	if (pipe2(tell, O_CLOEXEC)) {
		error_set_errno(err, "cannot make a pipe");
		close_two(hold);
		return -1;
	}
	forked = orphan ? fork_orphan() : fork();
	if (forked == 0)
		live(hold, tell);
	close(tell[1]);
	if (forked < 0 ||
	    read(tell[0], &child->pid, sizeof(child->pid)) !=
	    sizeof(child->pid)) {
		error_set_errno(err, "cannot start a process");
		close(tell[0]);
		close_two(hold);
		return -1;
	}
	close(tell[0]);
	close(hold[0]);
	child->hold = hold[1];
	return 0;
}

static void pause_ms(long ms)
{
	struct timespec time = { 0, ms * 1000 * 1000 };

	nanosleep(&time, NULL);
}

/* Wait for a change of state, not longer than PATIENCE_MS; an errno. */
static int wait_for(pid_t pid, int *status)
{
	for (int ms = 0; ms < PATIENCE_MS; ms++) {
		pid_t got = waitpid(pid, status, WNOHANG | __WALL);

		if (got == pid)
			return 0;
		if (got < 0 && errno != EINTR)
			return errno;
		pause_ms(1);
	}
	return ETIMEDOUT;
}

static void child_end(struct child *child)
{
	int status;

	close(child->hold);
	/* An orphan that was never seized is not ours to wait for. */
	wait_for(child->pid, &status);
}

static int try_stop(pid_t pid)
{
	int status = 0;
	int error;

	if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL))
		return errno;
	error = wait_for(pid, &status);
	if (error)
		return error;
	return WIFSTOPPED(status) ? 0 : ESRCH;
}

static int try_registers(pid_t pid, uint64_t *sp)
{
	struct user_regs_struct regs;
	struct iovec where = { &regs, sizeof(regs) };

	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &where))
		return errno;
	*sp = regs.rsp;
	return 0;
}

static int try_memory(pid_t pid, uint64_t sp)
{
	uint64_t word;
	struct iovec local = { &word, sizeof(word) };
	struct iovec remote = { (void *)(uintptr_t)sp, sizeof(word) };

	if (process_vm_readv(pid, &local, 1, &remote, 1, 0) < 0)
		return errno;
	return 0;
}

static int read_proc(pid_t pid, const char *name, struct strbuf *text)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return read_file_at(AT_FDCWD, path, 4096, text, NULL) ? errno : 0;
}

/* A thread that was just resumed may be "running" for a moment. */
static int try_syscall(pid_t pid)
{
	struct strbuf text = STRBUF_INIT;
	int error = 0;
	int fields = 0;

	for (int ms = 0; !error && fields != 9 && ms < PATIENCE_MS; ms++) {
		long long number;
		unsigned long long v[8];

		strbuf_clear(&text);
		error = read_proc(pid, "syscall", &text);
		fields = sscanf(strbuf_text(&text), "%lld %llx %llx %llx %llx "
				"%llx %llx %llx %llx", &number, &v[0], &v[1],
				&v[2], &v[3], &v[4], &v[5], &v[6], &v[7]);
		if (fields != 9)
			pause_ms(1);
	}
	strbuf_release(&text);
	return error ? error : fields == 9 ? 0 : ENODATA;
}

static int try_account(pid_t pid)
{
	struct strbuf text = STRBUF_INIT;
	unsigned long long run = 0, wait = 0, slices = 0;
	int error = read_proc(pid, "schedstat", &text);

	/* A kernel without accounts shows zeros. */
	if (!error && (sscanf(strbuf_text(&text), "%llu %llu %llu", &run,
			      &wait, &slices) != 3 || !slices))
		error = ENODATA;
	strbuf_release(&text);
	return error;
}

/* Steps that need a stopped child, each only when the one before worked. */
static void try_tracing(struct probe *probe, pid_t pid)
{
	int *error = probe->error;
	uint64_t sp = 0;

	error[PROBE_SEIZE] = ptrace(PTRACE_SEIZE, pid, NULL, NULL) ? errno : 0;
	if (error[PROBE_SEIZE])
		return;
	error[PROBE_STOP] = try_stop(pid);
	if (error[PROBE_STOP])
		return;
	error[PROBE_REGISTERS] = try_registers(pid, &sp);
	if (!error[PROBE_REGISTERS])
		error[PROBE_MEMORY] = try_memory(pid, sp);
	error[PROBE_RESUME] = ptrace(PTRACE_CONT, pid, NULL, NULL) ? errno : 0;
}

int probe_child(struct probe *probe, bool orphan, struct error *err)
{
	struct child child;

	for (int i = 0; i < PROBE_STEPS; i++)
		probe->error[i] = PROBE_NOT_TRIED;
	if (child_start(&child, orphan, err))
		return -1;
	try_tracing(probe, child.pid);
	probe->error[PROBE_SYSCALL] = try_syscall(child.pid);
	probe->error[PROBE_ACCOUNT] = try_account(child.pid);
	child_end(&child);
	return 0;
}

/*
 * The kernel lets a tracee go, without a stop, when its tracer ends: so
 * a process of its own does it, and its exit status is the answer.
 */
int probe_process(pid_t pid)
{
	int status = 0;
	pid_t helper = fork();

	if (helper < 0)
		return errno;
	if (helper == 0)
		_exit(ptrace(PTRACE_SEIZE, pid, NULL, NULL) ? errno : 0);
	while (waitpid(helper, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}
