/* SPDX-License-Identifier: MIT */
#include "trace/oneshot.h"

#include "base/clock.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

enum {
	PAUSE_NS = 50 * 1000,
	PAUSE_MAX_NS = 2 * 1000 * 1000
};

struct oneshot {
	struct capture *capture;
	pid_t pid;
	pid_t tid;
	struct stack_reach reach;
	uint64_t deadline_ns;
	enum oneshot_result result;
	int errnum;
};

/* Wait for a change of state until the deadline; false when none came. */
static bool wait_change(const struct oneshot *shot, int *status)
{
	struct timespec pause = { .tv_nsec = PAUSE_NS };

	for (;;) {
		pid_t got = waitpid(shot->tid, status,
				    __WALL | __WNOTHREAD | WNOHANG);

		if (got == shot->tid)
			return true;
		if (got < 0 && errno != EINTR)
			return false;
		if (clock_monotonic_ns() >= shot->deadline_ns)
			return false;
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < PAUSE_MAX_NS)
			pause.tv_nsec *= 2;
	}
}

static enum oneshot_result look(struct oneshot *shot)
{
	enum capture_result got = capture_stopped(shot->capture, shot->pid,
						  shot->tid,
						  &shot->reach, true);

	switch (got) {
	case CAPTURE_FULL:
		return ONESHOT_DONE;
	case CAPTURE_REGS_ONLY:
		return ONESHOT_STACK_UNREADABLE;
	case CAPTURE_FOREIGN:
		return ONESHOT_FOREIGN;
	case CAPTURE_GONE:
		break;
	}
	return ONESHOT_GONE;
}

/*
 * A signal that arrives first is passed on.  A job-control stop comes as
 * the same event as ours, and stays in effect when we let go.
 */
static enum oneshot_result stop_and_look(struct oneshot *shot)
{
	int status;

	if (ptrace(PTRACE_INTERRUPT, shot->tid, 0, 0) < 0)
		return ONESHOT_GONE;
	while (wait_change(shot, &status)) {
		enum oneshot_result result;

		if (!WIFSTOPPED(status))
			return ONESHOT_GONE;
		if (status >> 16 != PTRACE_EVENT_STOP) {
			ptrace(PTRACE_CONT, shot->tid, 0, WSTOPSIG(status));
			continue;
		}
		result = look(shot);
		ptrace(PTRACE_DETACH, shot->tid, 0, 0);
		return result;
	}
	return ONESHOT_LATE;
}

static void *run(void *arg)
{
	struct oneshot *shot = arg;

	if (ptrace(PTRACE_SEIZE, shot->tid, 0, 0) < 0) {
		shot->errnum = errno;
		shot->result = errno == ESRCH ? ONESHOT_GONE
					      : ONESHOT_REFUSED;
		return NULL;
	}
	shot->result = stop_and_look(shot);
	return NULL;
}

enum oneshot_result oneshot_capture(struct capture *capture, pid_t pid,
				    pid_t tid,
				    const struct stack_reach *reach,
				    uint64_t timeout_ns, int *errnum)
{
	struct oneshot shot = {
		.capture = capture,
		.pid = pid,
		.tid = tid,
		.reach = *reach,
		.deadline_ns = clock_monotonic_ns() + timeout_ns,
	};
	pthread_t thread;

	*errnum = pthread_create(&thread, NULL, run, &shot);
	if (*errnum)
		return ONESHOT_REFUSED;
	pthread_join(thread, NULL);
	*errnum = shot.errnum;
	return shot.result;
}
