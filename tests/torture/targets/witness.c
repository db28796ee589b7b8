/* SPDX-License-Identifier: MIT */
/*
 * A program that can tell whether it was disturbed: it counts what it does
 * in a page that others can see, prints a hash of its work, and ends with
 * the status that it was told.
 *
 *	witness PAGE STEPS STATUS
 *
 * Two threads and a child process make STEPS steps each: they compute,
 * send themselves a signal, sleep in poll or nanosleep.  STEPS 0: until
 * `stop` is set in the page.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Read by harness.py, as unsigned 64-bit numbers in this order. */
struct page {
	_Atomic uint64_t pid;
	_Atomic uint64_t started;
	_Atomic uint64_t stop;
	_Atomic uint64_t steps;		/* of all three */
	_Atomic uint64_t signals;	/* handled */
	_Atomic uint64_t interrupted;	/* calls that failed with EINTR */
	_Atomic uint64_t continued;	/* SIGCONT handled */
	_Atomic uint64_t stops;		/* SIGINT handled */
};

static struct page *page;
static uint64_t steps;

static void count_signal(int signal)
{
	if (signal == SIGCONT)
		page->continued++;
	else if (signal == SIGINT)
		page->stops++;
	else
		page->signals++;
}

static uint64_t compute(uint64_t hash, unsigned int rounds)
{
	while (rounds--)
		hash = (hash ^ (hash >> 29)) * UINT64_C(0xbf58476d1ce4e5b9) + 1;
	return hash;
}

static void pause_shortly(uint64_t step)
{
	const struct timespec short_time = { .tv_nsec = 500000 };
	int failed;

	if (step % 2)
		failed = poll(NULL, 0, 1);
	else
		failed = nanosleep(&short_time, NULL);
	if (failed < 0 && errno == EINTR)
		page->interrupted++;
}

static void *work(void *seed)
{
	uint64_t hash = (uintptr_t)seed;

	for (uint64_t i = 0; steps ? i < steps : !page->stop; i++) {
		hash = compute(hash, 100000);
		/* To this very thread, and handled before the call ends. */
		if (i % 8 == 0)
			pthread_kill(pthread_self(), SIGUSR1);
		pause_shortly(i);
		page->steps++;
	}
	return (void *)(uintptr_t)hash;
}

static int child_main(void)
{
	work((void *)3);
	return 42;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = count_signal };
	const int status = argc > 3 ? atoi(argv[3]) : 0;
	int fd = argc > 3 ? open(argv[1], O_RDWR) : -1;
	pthread_t thread;
	void *hashes[2];
	int child_status;
	pid_t child;

	if (fd < 0) {
		fputs("usage: witness PAGE STEPS STATUS\n", stderr);
		return 99;
	}
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (page == MAP_FAILED)
		return 99;
	steps = strtoull(argv[2], NULL, 10);
	sigaction(SIGUSR1, &action, NULL);
	action.sa_flags = SA_RESTART;
	sigaction(SIGCONT, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	page->pid = getpid();
	page->started = 1;

	child = fork();
	if (child == 0)
		_exit(child_main());
	if (pthread_create(&thread, NULL, work, (void *)2))
		return 99;
	hashes[0] = work((void *)1);
	pthread_join(thread, &hashes[1]);
	while (waitpid(child, &child_status, 0) < 0 && errno == EINTR)
		;
	if (!steps)
		hashes[0] = hashes[1] = NULL;
	printf("%p %p %d\n", hashes[0], hashes[1],
	       WIFEXITED(child_status) ? WEXITSTATUS(child_status) : -1);
	return status;
}
