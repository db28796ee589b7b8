/* SPDX-License-Identifier: MIT */
/*
 * Very many at once, or one after the other.
 *
 *	many threads COUNT	which sleep; two more compute
 *	many processes COUNT	the same
 *	many forks COUNT	one after the other, of which each tenth makes
 *				another; ids are used again
 *	many descriptors COUNT	threads, each with a file of its own
 *
 * Prints what it counted, and ends with 27.
 */
#include "torture.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum {
	WORKERS = 2,
	STACK_BYTES = 64 * 1024,
	WORK_MS = 1500
};

static _Atomic int go_on;
static _Atomic long begun, ended, failed;

/* On the way to a sleep and back again, all of them at once. */
static void *sleeper(void *arg)
{
	const int file = arg ? open("/dev/null", O_RDONLY) : -1;

	if (arg && file < 0)
		failed++;
	begun++;
	while (!go_on)
		usleep(200000);
	if (file >= 0)
		close(file);
	ended++;
	return NULL;
}

static void *worker(void *arg)
{
	(void)arg;
	while (!go_on)
		spin_ns(1000000);
	return NULL;
}

static int make_threads(long count, void *with_file)
{
	pthread_t *threads = calloc(count, sizeof(*threads));
	pthread_t workers[WORKERS];
	pthread_attr_t attr;
	long made = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	for (int i = 0; i < WORKERS; i++)
		pthread_create(&workers[i], NULL, worker, NULL);
	while (made < count && pthread_create(&threads[made], &attr, sleeper,
					      with_file) == 0)
		made++;
	while (begun < made)
		usleep(1000);
	usleep(WORK_MS * 1000);
	go_on = 1;
	for (long i = 0; i < made; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < WORKERS; i++)
		pthread_join(workers[i], NULL);
	free(threads);
	printf("%ld threads, %ld came to their end, %ld failed\n", made,
	       (long)ended, (long)failed);
	return 27;
}

static int status_of(long i)
{
	return i % 200;
}

static int reap_all(long count)
{
	long sum = 0, expected = 0, reaped = 0;
	int status;

	for (long i = 0; i < count; i++)
		expected += status_of(i);
	while (waitpid(-1, &status, 0) > 0) {
		reaped++;
		sum += WIFEXITED(status) ? WEXITSTATUS(status) : 100000;
	}
	printf("%ld processes, their statuses are %s\n", reaped,
	       sum == expected ? "right" : "wrong");
	return 27;
}

static int make_processes(long count)
{
	_Atomic int *gate = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long made = 0;

	for (; made < count; made++) {
		const pid_t pid = fork();

		if (pid < 0)
			break;
		if (pid > 0)
			continue;
		while (!*gate)
			usleep(200000);
		_exit(status_of(made));
	}
	usleep(WORK_MS * 1000);
	*gate = 1;
	return reap_all(made);
}

static int forks(long count)
{
	long right = 0, low = 0, last = 0;

	for (long i = 0; i < count; i++) {
		const pid_t pid = fork();
		int status = 0;

		if (pid < 0) {
			printf("fork: %s\n", strerror(errno));
			return 1;
		}
		if (pid == 0) {
			spin_ns(100000);
			if (i % 10 == 0 && fork() == 0)
				_exit(0);
			_exit(status_of(i));
		}
		low += pid < last;
		last = pid;
		right += waitpid(pid, &status, 0) == pid &&
			WIFEXITED(status) &&
			WEXITSTATUS(status) == status_of(i);
	}
	figure("wraps", low);
	printf("%ld of %ld statuses are right\n", right, count);
	return 27;
}

int main(int argc, char **argv)
{
	const long count = argc > 2 ? strtol(argv[2], NULL, 10) : 0;

	await_start();
	if (count && strcmp(argv[1], "threads") == 0)
		return make_threads(count, NULL);
	if (count && strcmp(argv[1], "descriptors") == 0)
		return make_threads(count, "");
	if (count && strcmp(argv[1], "processes") == 0)
		return make_processes(count);
	if (count && strcmp(argv[1], "forks") == 0)
		return forks(count);
	return 2;
}
