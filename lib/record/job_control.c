/* SPDX-License-Identifier: MIT */
#include "record/job_control.h"

#include "base/clock.h"
#include "record/signals.h"

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	LOOK_EVERY_MS = 20,
	NEWS_WITHIN_MS = 50
};

/* The state letter of /proc/PID/stat; 0 when it cannot be read. */
static char process_state(pid_t pid)
{
	char path[40], text[512];
	const char *end;
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[got > 0 ? got : 0] = '\0';
	/* The name in front of it may hold any byte. */
	end = strrchr(text, ')');
	return end && end[1] ? end[2] : 0;
}

/* A process that is traced and stopped shows 't', whatever stopped it. */
static bool runs(pid_t pid)
{
	char state = process_state(pid);

	return state && !strchr("TtZX", state);
}

/*
 * A process that stands still cannot see that its program goes on.  This
 * one looks for it, in a process group that no terminal stops.
 */
static _Noreturn void wake_up_parent(pid_t parent, pid_t program, int pidfd)
{
	struct pollfd end = { .fd = pidfd, .events = POLLIN };

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	while (getppid() == parent) {
		bool ended = poll(&end, 1, LOOK_EVERY_MS) > 0;

		if ((ended || runs(program)) && process_state(parent) == 'T') {
			kill(parent, SIGCONT);
			break;
		}
		if (ended)
			usleep(LOOK_EVERY_MS * 1000);
	}
	_exit(0);
}

/* Has the program changed state since the stop that was read? */
static bool program_has_news(pid_t pid)
{
	const uint64_t until = clock_monotonic_ns() +
		NEWS_WITHIN_MS * NS_PER_MS;

	do {
		siginfo_t info = { .si_pid = 0 };

		if (waitid(P_PID, pid, &info, WEXITED | WSTOPPED | WCONTINUED |
			   WNOHANG | WNOWAIT) < 0 || info.si_pid)
			return true;
		usleep(1000);
	} while (clock_monotonic_ns() < until);
	return false;
}

void job_control_mirror_stop(pid_t pid, int pidfd, int signal)
{
	const pid_t self = getpid();
	pid_t waker = fork();
	bool continued;

	if (waker == 0)
		wake_up_parent(self, pid, pidfd);
	continued = signal_stop_self(signal);
	if (waker > 0) {
		kill(waker, SIGKILL);
		waitpid(waker, NULL, 0);
	}
	/*
	 * In an orphaned group a stop signal does nothing: no SIGCONT came,
	 * and none is due.  `fg` continues the whole group; who continues
	 * cprof alone means the program.
	 */
	if (continued && !program_has_news(pid))
		kill(pid, SIGCONT);
}
