/* SPDX-License-Identifier: MIT */
/*
 * Marks that are hard to keep an eye on.
 *
 *	marks_kept leaderless	the first thread ends; another one goes on
 *	marks_kept steady	the one thread
 *	marks_kept first-ends	the first thread ends inside of a region, the
 *				other one goes on for a second
 *	marks_kept plugins A B	modules with marks come and go, and others'
 *				memory takes their place
 *	marks_kept many A B ...	modules with marks, all at the same time
 *	marks_kept crowd	a region in which there are many processes
 *
 * The first two print "ready", work from the first byte of standard input to
 * its end, and print: calls of "work", the longest of them and all, ns.  The
 * third prints how long the region may last, ns.  The fourth prints how often
 * a module was used, and how often somebody wrote to memory that was not its
 * own.  The last one prints how many modules there are.
 */
#include <cprof.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	MEMORY_BYTES = 64 << 20,
	PLACE_BYTES = 8 << 20,
	BEFORE_BYTES = 2 << 20,	/* of the place, before the code */
	ROUNDS = 6,
	CALLS = 10,
	PROCESSES = 80		/* more than memory is read of quickly */
};

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int has_input(void)
{
	struct pollfd input = { .fd = 0, .events = POLLIN };

	return poll(&input, 1, 0) != 0;
}

static void *work(void *arg)
{
	long long calls = 0, longest_ns = 0, all_ns = 0;
	char *memory = malloc(MEMORY_BYTES);
	char byte;

	memset(memory, 1, MEMORY_BYTES);
	puts("ready");
	fflush(stdout);
	if (read(0, &byte, 1) != 1)
		exit(2);
	while (!has_input()) {
		const long long start_ns = now_ns();
		long long took_ns;

		cprof_region_begin("work");
		for (int i = 0; i < 3; i++) {
			CPROF_REGION("part");
			usleep(2000);
		}
		cprof_region_end("work");
		took_ns = now_ns() - start_ns;
		calls++;
		all_ns += took_ns;
		longest_ns = took_ns > longest_ns ? took_ns : longest_ns;
		{
			CPROF_REGION("between");
			usleep(1000);
		}
	}
	printf("%lld %lld %lld\n", calls, longest_ns, all_ns);
	free(memory);
	exit(0);
	return arg;
}

/* Zeros where the module was, left alone for longer than a lease's renewal. */
static int is_disturbed(char *place)
{
	char *memory = mmap(place, PLACE_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			    -1, 0);
	int disturbed = 0;

	if (memory == MAP_FAILED)
		return 0;
	usleep(600000);
	for (long i = 0; i < PLACE_BYTES && !disturbed; i++)
		disturbed = memory[i] != 0;
	munmap(memory, PLACE_BYTES);
	return disturbed;
}

static int plugins(char **paths)
{
	int disturbed = 0;

	for (int i = 0; i < ROUNDS; i++) {
		void *module = dlopen(paths[i % 2], RTLD_NOW);
		void (*call)(void);
		uintptr_t code;

		if (!module)
			return 2;
		*(void **)&call = dlsym(module, "plugin_work");
		code = (uintptr_t)call & ~(uintptr_t)4095;
		usleep(100000);
		for (int j = 0; j < CALLS; j++)
			call();
		/* For what was marked last to be read. */
		usleep(100000);
		dlclose(module);
		disturbed += is_disturbed((char *)code - BEFORE_BYTES);
	}
	printf("%d %d\n", ROUNDS / 2 * CALLS, disturbed);
	return 0;
}

static int many(char **paths)
{
	int count = 0;

	for (; paths[count]; count++) {
		if (!dlopen(paths[count], RTLD_NOW | RTLD_LOCAL))
			return 2;
	}
	usleep(300000);
	for (int i = 0; i < count; i++) {
		void *module = dlopen(paths[i], RTLD_NOW | RTLD_LOCAL);
		void (*call)(void);

		*(void **)&call = dlsym(module, "plugin_work");
		for (int j = 0; j < CALLS; j++)
			call();
	}
	printf("%d\n", count);
	return 0;
}

/* They wait for each other: all are there for a third of a second. */
static int crowd(void)
{
	int ends[2];
	char byte;

	CPROF_REGION("crowd");
	if (pipe(ends))
		return 2;
	for (int i = 0; i < PROCESSES; i++) {
		if (!fork()) {
			close(ends[1]);
			_exit(read(ends[0], &byte, 1) != 0);
		}
	}
	usleep(300000);
	close(ends[1]);
	while (wait(NULL) > 0)
		;
	return 0;
}

static void *outlive(void *arg)
{
	sleep(1);
	printf("%lld\n", *(long long *)arg);
	exit(0);
	return arg;
}

static int end_first(void)
{
	static long long took_ns;
	long long start_ns;
	pthread_t thread;

	if (pthread_create(&thread, NULL, outlive, &took_ns))
		return 2;
	cprof_region_begin("first");
	start_ns = now_ns();
	usleep(100000);
	took_ns = now_ns() - start_ns;
	pthread_exit(NULL);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc == 4 && strcmp(argv[1], "plugins") == 0)
		return plugins(argv + 2);
	if (argc > 2 && strcmp(argv[1], "many") == 0)
		return many(argv + 2);
	if (argc != 2)
		return 2;
	if (strcmp(argv[1], "crowd") == 0)
		return crowd();
	if (strcmp(argv[1], "first-ends") == 0)
		return end_first();
	if (strcmp(argv[1], "steady") == 0)
		work(NULL);
	if (pthread_create(&thread, NULL, work, NULL))
		return 2;
	pthread_exit(NULL);
}
