/* SPDX-License-Identifier: MIT */
/*
 * For other C libraries and compilers: a program that computes, sleeps,
 * handles signals, starts threads and processes, and executes itself.  What
 * it prints does not depend on time.
 *
 *	foreign ROUNDS		ends with 23
 *	foreign child STATUS	ends with STATUS
 */
#include "torture.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

enum {
	THREADS = 4,
	SPIN = 400000,
	WAIT_MS = 3,
	CHILDREN = 20
};

struct counts {
	long waits;
	long interrupted;
	uint64_t hash;
};

static volatile sig_atomic_t handled[THREADS];
static int rounds;

static void count_signal(int number)
{
	handled[number - SIGRTMIN]++;
}

__attribute__((noinline)) static uint64_t burn(uint64_t hash, unsigned int n)
{
	while (n--)
		hash = (hash ^ (hash >> 29)) * UINT64_C(0xbf58476d1ce4e5b9) + 1;
	return hash;
}

/* Deep enough to have something to unwind. */
__attribute__((noinline)) static uint64_t descend(uint64_t hash, int depth)
{
	if (depth)
		return descend(hash, depth - 1) * 3 + 1;
	return burn(hash, SPIN);
}

static struct timespec soon(void)
{
	struct timespec at;

	clock_gettime(CLOCK_REALTIME, &at);
	at.tv_nsec += WAIT_MS * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_nsec -= 1000000000;
		at.tv_sec++;
	}
	return at;
}

struct waits {
	int epoll;
	int sockets[2];
	sem_t never;
	pthread_mutex_t lock;
	pthread_cond_t cond;
};

static void waits_open(struct waits *waits)
{
	const struct timeval patience = { 0, WAIT_MS * 1000 };

	waits->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
		       waits->sockets))
		perror("socketpair");
	setsockopt(waits->sockets[0], SOL_SOCKET, SO_RCVTIMEO, &patience,
		   sizeof(patience));
	sem_init(&waits->never, 0, 0);
	pthread_mutex_init(&waits->lock, NULL);
	pthread_cond_init(&waits->cond, NULL);
}

static int is_interrupted(int ret)
{
	return ret < 0 && errno == EINTR;
}

/* One after the other; nothing ever comes. */
static int wait_for_nothing(struct waits *waits, long which)
{
	const struct timespec pause = { 0, WAIT_MS * 1000000 };
	struct timespec at = soon();
	struct epoll_event event;
	int ret;

	switch (which % 6) {
	case 0:
		return is_interrupted(epoll_wait(waits->epoll, &event, 1,
						 WAIT_MS));
	case 1:
		return is_interrupted(recv(waits->sockets[0], &event, 1, 0));
	case 2:
		return is_interrupted(sem_timedwait(&waits->never, &at));
	case 3:
		return is_interrupted(poll(NULL, 0, WAIT_MS));
	case 4:
		return is_interrupted(nanosleep(&pause, NULL));
	default:
		pthread_mutex_lock(&waits->lock);
		ret = pthread_cond_timedwait(&waits->cond, &waits->lock, &at);
		pthread_mutex_unlock(&waits->lock);
		return ret == EINTR;
	}
}

static void *work(void *arg)
{
	struct counts *counts = arg;
	struct waits waits;

	waits_open(&waits);
	for (int i = 0; i < rounds; i++) {
		counts->hash = descend(counts->hash, i % 50);
		if (wait_for_nothing(&waits, i)) {
			figure("interrupted_in", i % 6);
			counts->interrupted++;
		}
		counts->waits++;
	}
	close(waits.epoll);
	close(waits.sockets[0]);
	close(waits.sockets[1]);
	return NULL;
}

/* To itself: each comes once. */
static void *signal_itself(void *arg)
{
	const int number = SIGRTMIN + (int)(intptr_t)arg;

	for (int i = 0; i < rounds * 20; i++) {
		pthread_kill(pthread_self(), number);
		burn(i, 1000);
	}
	return NULL;
}

static int children(const char *self)
{
	int right = 0;

	for (int i = 0; i < CHILDREN; i++) {
		char number[12];
		int status = 0;
		pid_t pid;

		snprintf(number, sizeof(number), "%d", i + 40);
		pid = i % 2 ? fork() : vfork();
		if (pid == 0) {
			execl(self, self, "child", number, (char *)NULL);
			_exit(99);
		}
		waitpid(pid, &status, 0);
		right += WIFEXITED(status) && WEXITSTATUS(status) == i + 40;
	}
	return right;
}

static void start(pthread_t *threads, struct counts *counts)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = count_signal;
	for (int i = 0; i < THREADS; i++) {
		sigaction(SIGRTMIN + i, &action, NULL);
		pthread_create(&threads[i], NULL, work, &counts[i]);
		pthread_create(&threads[THREADS + i], NULL, signal_itself,
			       (void *)(intptr_t)i);
	}
}

/*
 * The children come first: their SIGCHLD may interrupt a call, rarely (see
 * "Ignored signals" in cprof-transparency(7)).
 */
int main(int argc, char **argv)
{
	struct counts counts[THREADS] = { { 0, 0, 0 } };
	pthread_t threads[2 * THREADS];

	if (argc > 2) {
		burn(1, SPIN);
		return strtol(argv[2], NULL, 10);
	}
	await_start();
	rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 10;
	printf("%d of %d children ended as they should\n", children(argv[0]),
	       CHILDREN);
	start(threads, counts);
	for (int i = 0; i < 2 * THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < THREADS; i++)
		printf("%ld waits, %ld interrupted, %d signals, hash %jx\n",
		       counts[i].waits, counts[i].interrupted,
		       (int)handled[i], (uintmax_t)counts[i].hash);
	return 23;
}
