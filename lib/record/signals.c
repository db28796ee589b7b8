/* SPDX-License-Identifier: MIT */
#include "record/signals.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
	SIGNAL_COUNT = 64
};

static uint64_t bit(int signal)
{
	return UINT64_C(1) << (signal - 1);
}

/*
 * Not sigprocmask(3): it hides signals 32 and 33 of the C library, and a
 * program may well have inherited them blocked.
 */
static int mask_change(int how, uint64_t mask, uint64_t *old)
{
	return syscall(SYS_rt_sigprocmask, how, &mask, old, sizeof(mask));
}

static uint64_t ignored_signals(void)
{
	uint64_t ignored = 0;
	struct sigaction action;

	for (int i = 1; i <= SIGNAL_COUNT; i++) {
		if (sigaction(i, NULL, &action) == 0 &&
		    action.sa_handler == SIG_IGN)
			ignored |= bit(i);
	}
	return ignored;
}

static int open_descriptor(uint64_t mask, struct error *err)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	memcpy(&set, &mask, sizeof(mask));
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return error_set_errno(err, "cannot open a signalfd");
	return fd;
}

int signal_guard_open(struct signal_guard *guard, struct error *err)
{
	/* Blocked or not, these kill when an instruction causes them. */
	const uint64_t faults = bit(SIGSEGV) | bit(SIGBUS) | bit(SIGILL) |
		bit(SIGFPE) | bit(SIGTRAP) | bit(SIGSYS) | bit(SIGABRT);

	guard->fd = open_descriptor(~faults, err);
	if (guard->fd < 0)
		return -1;
	guard->ignored = ignored_signals();
	mask_change(SIG_SETMASK, ~faults, &guard->inherited);
	/* Ignored, it would take the children's exit statuses away. */
	if (guard->ignored & bit(SIGCHLD))
		signal(SIGCHLD, SIG_DFL);
	return 0;
}

void signal_guard_restore(const struct signal_guard *guard)
{
	if (guard->ignored & bit(SIGCHLD))
		signal(SIGCHLD, SIG_IGN);
	mask_change(SIG_SETMASK, guard->inherited, NULL);
}

void signal_guard_close(struct signal_guard *guard)
{
	if (guard->fd >= 0)
		close(guard->fd);
	guard->fd = -1;
}

bool signal_guard_next(const struct signal_guard *guard,
		       struct signalfd_siginfo *info)
{
	return read(guard->fd, info, sizeof(*info)) == sizeof(*info);
}

static bool sent_by_a_process(const struct signalfd_siginfo *info)
{
	return info->ssi_code <= 0;
}

enum signal_request signal_request_launch(const struct signalfd_siginfo *info)
{
	switch (info->ssi_signo) {
	case SIGCHLD:
		return SIGNAL_CHILDREN;
	case SIGINT:
	case SIGQUIT:
		if (!sent_by_a_process(info))
			return SIGNAL_INTERRUPT;
		break;
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
		return sent_by_a_process(info) ? SIGNAL_SUSPEND :
						 SIGNAL_NOTHING;
	case SIGCONT:
	case SIGPIPE:
		return SIGNAL_NOTHING;
	case SIGALRM:
		/* A timer set before exec was meant for the program. */
		return SIGNAL_PASS_ON;
	case SIGHUP:
		/* The kernel tells only the leader of a lost terminal. */
		if (getsid(0) == getpid())
			return SIGNAL_PASS_ON;
	}
	return sent_by_a_process(info) ? SIGNAL_PASS_ON : SIGNAL_NOTHING;
}

enum signal_request signal_request_attach(const struct signal_guard *guard,
					  const struct signalfd_siginfo *info)
{
	const int signal = info->ssi_signo;

	switch (signal) {
	case SIGCHLD:
		return SIGNAL_CHILDREN;
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
		return SIGNAL_SUSPEND;
	case SIGCONT:
	case SIGPIPE:
	case SIGURG:
	case SIGWINCH:
		return SIGNAL_NOTHING;
	case SIGINT:
	case SIGQUIT:
		/* `cprof record -p PID &` of a script: not its Ctrl-C. */
		if (sent_by_a_process(info))
			return SIGNAL_INTERRUPT;
	}
	return guard->ignored & bit(signal) ? SIGNAL_NOTHING :
					      SIGNAL_INTERRUPT;
}

void signal_pass_on(pid_t pid, const struct signalfd_siginfo *info)
{
	siginfo_t queued;

	if (info->ssi_code != SI_QUEUE) {
		kill(pid, info->ssi_signo);
		return;
	}
	memset(&queued, 0, sizeof(queued));
	queued.si_signo = info->ssi_signo;
	queued.si_code = SI_QUEUE;
	queued.si_pid = info->ssi_pid;
	queued.si_uid = info->ssi_uid;
	queued.si_value.sival_ptr = (void *)(uintptr_t)info->ssi_ptr;
	syscall(SYS_rt_sigqueueinfo, pid, info->ssi_signo, &queued);
}

/* Take a pending SIGCONT away: true when there was one. */
static bool take_continue(void)
{
	const struct timespec now = { 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCONT);
	return sigtimedwait(&set, NULL, &now) == SIGCONT;
}

bool signal_stop_self(int signal)
{
	const struct sigaction normal = { .sa_handler = SIG_DFL };
	struct sigaction before;

	take_continue();
	if (signal == SIGSTOP) {
		kill(getpid(), SIGSTOP);
		return take_continue();
	}
	sigaction(signal, &normal, &before);
	/* To the process, so that it merges with one that waits there. */
	kill(getpid(), signal);
	mask_change(SIG_UNBLOCK, bit(signal), NULL);
	mask_change(SIG_BLOCK, bit(signal), NULL);
	sigaction(signal, &before, NULL);
	return take_continue();
}

void signal_die(int signal)
{
	const struct sigaction normal = { .sa_handler = SIG_DFL };
	const struct rlimit no_core = { 0, 0 };

	/* The program has left its own; a second one would hide it. */
	setrlimit(RLIMIT_CORE, &no_core);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	sigaction(signal, &normal, NULL);
	mask_change(SIG_UNBLOCK, bit(signal), NULL);
	kill(getpid(), signal);
}
