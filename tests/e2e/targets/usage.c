/* SPDX-License-Identifier: MIT */
/*
 * usage: usage [GO]
 *
 * Uses known amounts of memory, CPU, files and network, one after the
 * other, and prints what it used.  With GO, a FIFO: says "ready" first and
 * waits until somebody opens it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	MEMORY = 64 << 20,
	WRITTEN = 8 << 20,
	READ = 4 << 20,
	CHUNK = 64 << 10,
	THERE = 3000000,
	BACK = 1000000,
	HOLD_MS = 600,		/* so that somebody sees it */
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

static void hold(void)
{
	const struct timespec time = { 0, HOLD_MS * 1000000 };

	nanosleep(&time, NULL);
}

/* Runs until its thread has used so much, and keeps what it did use. */
static void *burn(void *arg)
{
	uint64_t *ns = arg;
	volatile uint64_t sum = 0;
	const uint64_t end = clock_ns(CLOCK_THREAD_CPUTIME_ID) + *ns;

	while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < end)
		for (int i = 0; i < 10000; i++)
			sum += i;
	*ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	return NULL;
}

static void *one(void *arg)
{
	pthread_setname_np(pthread_self(), "one");
	return burn(arg);
}

static void *two(void *arg)
{
	pthread_setname_np(pthread_self(), "two");
	return burn(arg);
}

static void use_cpu(uint64_t *first, uint64_t *second)
{
	pthread_t a, b;

	*first = 300 * 1000000;
	*second = 150 * 1000000;
	if (pthread_create(&a, NULL, one, first) ||
	    pthread_create(&b, NULL, two, second))
		die("pthread_create");
	pthread_join(a, NULL);
	pthread_join(b, NULL);
}

static void use_memory(void)
{
	char *memory = malloc(MEMORY);

	if (!memory)
		die("malloc");
	memset(memory, 1, MEMORY);
	/* Or the compiler sees that nobody needs it. */
	__asm__ volatile("" : : "r"(memory) : "memory");
	hold();
	free(memory);
}

static void use_file(void)
{
	char path[] = "usage.XXXXXX";
	char *chunk = calloc(1, CHUNK);
	int fd = mkstemp(path);

	if (fd < 0 || !chunk)
		die("mkstemp");
	unlink(path);
	for (int i = 0; i < WRITTEN; i += CHUNK)
		if (write(fd, chunk, CHUNK) != CHUNK)
			die("write");
	lseek(fd, 0, SEEK_SET);
	for (int i = 0; i < READ; i += CHUNK)
		if (read(fd, chunk, CHUNK) != CHUNK)
			die("read");
	close(fd);
	free(chunk);
}

struct transfer {
	int fd;
	size_t bytes;
};

static void *take(void *arg)
{
	const struct transfer *transfer = arg;
	char buffer[16 << 10];
	size_t got = 0;

	while (got < transfer->bytes) {
		ssize_t n = recv(transfer->fd, buffer, sizeof(buffer), 0);

		if (n <= 0)
			die("recv");
		got += n;
	}
	return NULL;
}

static void give(int fd, int to, size_t bytes)
{
	struct transfer transfer = { to, bytes };
	char buffer[16 << 10] = { 0 };
	pthread_t taker;

	if (pthread_create(&taker, NULL, take, &transfer))
		die("pthread_create");
	while (bytes) {
		size_t part = bytes < sizeof(buffer) ? bytes : sizeof(buffer);
		ssize_t n = send(fd, buffer, part, 0);

		if (n <= 0)
			die("send");
		bytes -= n;
	}
	pthread_join(taker, NULL);
}

static void use_network(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int client = socket(AF_INET, SOCK_STREAM, 0);
	int server;

	if (bind(listener, (struct sockaddr *)&address, len) ||
	    listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&address, &len) ||
	    connect(client, (struct sockaddr *)&address, len))
		die("connect");
	server = accept(listener, NULL, NULL);
	if (server < 0)
		die("accept");
	give(client, server, THERE);
	give(server, client, BACK);
	hold();
	close(client);
	close(server);
	close(listener);
}

int main(int argc, char **argv)
{
	uint64_t first, second;
	struct rusage usage;

	if (argc > 1) {
		char byte;
		int fd;

		puts("ready");
		fflush(stdout);
		fd = open(argv[1], O_RDONLY);
		while (read(fd, &byte, 1) > 0)
			;
		close(fd);
	}
	use_memory();
	use_cpu(&first, &second);
	use_file();
	use_network();
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"one_ns\": %llu, \"two_ns\": %llu, \"written\": %d, "
	       "\"read\": %d, \"network\": %d, \"memory\": %d, "
	       "\"peak\": %ld, \"minor\": %ld}\n",
	       (unsigned long long)first, (unsigned long long)second, WRITTEN,
	       READ, THERE + BACK, MEMORY, usage.ru_maxrss * 1024,
	       usage.ru_minflt);
	return 0;
}
