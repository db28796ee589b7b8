/* SPDX-License-Identifier: MIT */
/*
 * Threads that are blocked for ever, each in another call, below a few
 * frames.  Prints "ready" when all of them are.
 *
 *	blocked [headless]	headless: the first thread ends
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))

enum { KINDS = 17 };

static int pipes[2], sockets[2], epoll_fd, futex_word;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t locked = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static sem_t semaphore;
static volatile int sink;

static void wait_timed(void)
{
	static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 1000;
	pthread_mutex_lock(&own);
	pthread_cond_timedwait(&cond, &own, &until);
}

static void wait_select(void)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(pipes[0], &set);
	select(pipes[0] + 1, &set, NULL, NULL, NULL);
}

static void wait_signal(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigwaitinfo(&set, NULL);
}

NOINLINE static void leaf(int kind)
{
	struct timespec long_time = { .tv_sec = 1000 };
	struct pollfd fd = { .fd = pipes[0], .events = POLLIN };
	struct epoll_event event;
	char buf[64];

	switch (kind) {
	case 0: nanosleep(&long_time, NULL); break;
	case 1: clock_nanosleep(CLOCK_MONOTONIC, 0, &long_time, NULL); break;
	case 2:
		pthread_mutex_lock(&mutex);
		pthread_cond_wait(&cond, &mutex);
		break;
	case 3: pthread_mutex_lock(&locked); break;
	case 4: sem_wait(&semaphore); break;
	case 5: epoll_wait(epoll_fd, &event, 1, -1); break;
	case 6: sink += read(pipes[0], buf, 1); break;
	case 7: poll(&fd, 1, -1); break;
	case 8: wait_select(); break;
	case 9: recv(sockets[0], buf, 1, 0); break;
	case 10:
		syscall(SYS_futex, &futex_word, FUTEX_WAIT, 0, NULL, NULL, 0);
		break;
	case 11: pause(); break;
	case 12: wait_timed(); break;
	case 13: usleep(999999999); break;
	case 14: sleep(1000); break;
	case 15: wait_signal(); break;
	case 16: recvfrom(sockets[1], buf, sizeof(buf), 0, NULL, NULL); break;
	}
	sink += kind;
}

NOINLINE static void middle(int kind, int depth)
{
	char buf[128];

	memset(buf, kind, sizeof(buf));
	if (depth > 1)
		middle(kind, depth - 1);
	else
		leaf(kind);
	sink += buf[3];
}

NOINLINE static void *thread_main(void *arg)
{
	middle((int)(intptr_t)arg, 4);
	sink++;
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (pipe(pipes) || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets))
		return 1;
	epoll_fd = epoll_create1(0);
	sem_init(&semaphore, 0, 0);
	pthread_mutex_lock(&locked);
	for (intptr_t i = 0; i < KINDS; i++)
		if (pthread_create(&thread, NULL, thread_main, (void *)i))
			return 1;
	usleep(200000);
	puts("ready");
	fflush(stdout);
	if (argc > 1)
		pthread_exit(NULL);
	middle(11, 4);
	return 0;
}
