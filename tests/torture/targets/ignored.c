/* SPDX-License-Identifier: MIT */
/*
 * Signals that are ignored, by itself or by default, come while it waits: the
 * kernel does not tell it of any.
 *
 *	ignored COUNT EVERY_US	waits of WAIT_MS in each of the calls, COUNT
 *				in all, and a signal every so often
 *
 * Prints how many were interrupted; ends with 33.
 */
#include "torture.h"

#include <errno.h>
#include <linux/aio_abi.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

enum { CALLS = 8, WAIT_MS = 20 };

static const struct timespec patience = { 0, WAIT_MS * 1000000 };

struct things {
	int epoll;
	int sem;
	int sockets[2];
	aio_context_t aio;
	sigset_t never;
};

static void things_open(struct things *things)
{
	const struct timeval time = { 0, WAIT_MS * 1000 };

	memset(things, 0, sizeof(*things));
	things->epoll = epoll_create1(0);
	things->sem = semget(IPC_PRIVATE, 1, 0600);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, things->sockets) ||
	    syscall(SYS_io_setup, 1, &things->aio))
		perror("sockets or aio");
	setsockopt(things->sockets[0], SOL_SOCKET, SO_RCVTIMEO, &time,
		   sizeof(time));
	sigemptyset(&things->never);
	sigaddset(&things->never, SIGUSR2);
	sigprocmask(SIG_BLOCK, &things->never, NULL);
}

static long wait_in(struct things *things, long which)
{
	struct sembuf down = { 0, -1, 0 };
	struct epoll_event event;
	char bytes[64];

	switch (which % CALLS) {
	case 0:
		return epoll_wait(things->epoll, &event, 1, WAIT_MS);
	case 1:
		return syscall(SYS_epoll_pwait2, things->epoll, &event, 1,
			       &patience, NULL, 8);
	case 2:
		return sigtimedwait(&things->never, NULL, &patience);
	case 3:
		return semtimedop(things->sem, &down, 1, &patience);
	case 4:
		return syscall(SYS_io_getevents, things->aio, 1, 1, bytes,
			       &patience);
	case 5:
		return recv(things->sockets[0], bytes, sizeof(bytes), 0);
	case 6:
		return poll(NULL, 0, WAIT_MS);
	default:
		return nanosleep(&patience, NULL);
	}
}

/* And its own end, and those of children that it makes: SIGCHLD. */
static void disturb(pid_t victim, long every_us)
{
	const int signals[] = {
		SIGUSR1, SIGURG, SIGWINCH, SIGCONT, SIGCHLD, SIGRTMIN + 3
	};

	for (int i = 0; getppid() == victim; i++) {
		kill(victim, signals[i % 6]);
		usleep(every_us);
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	const long count = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
	const long every_us = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
	long interrupted[CALLS] = { 0 };
	const pid_t self = getpid();
	struct things things;
	uint64_t begun;
	pid_t pid;

	signal(SIGUSR1, SIG_IGN);
	signal(SIGRTMIN + 3, SIG_IGN);
	things_open(&things);
	await_start();
	pid = fork();
	if (pid == 0)
		disturb(self, every_us);
	begun = now_ns();
	for (long i = 0; i < count; i++)
		interrupted[i % CALLS] += wait_in(&things, i) < 0 &&
			errno == EINTR;
	figure("ms", (now_ns() - begun) / 1e6);
	printf("interrupted:");
	for (int i = 0; i < CALLS; i++)
		printf(" %ld", interrupted[i]);
	printf("\n");
	semctl(things.sem, 0, IPC_RMID);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return 33;
}
