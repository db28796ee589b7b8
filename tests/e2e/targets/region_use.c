/* SPDX-License-Identifier: MIT */
/*
 * region_use: region_use [GO]
 *
 * Regions that use known amounts of memory, files and network, one right
 * after the other.  Prints what each used, as
 * itself and the kernel say, in JSON.  With GO, a FIFO: says "ready" first
 * and waits until somebody opens it.
 */
#define _GNU_SOURCE
#include <cprof.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 64 << 10 };

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* Resident bytes, by the kernel. */
static long long resident(int statm)
{
	char text[128];
	const ssize_t got = pread(statm, text, sizeof(text) - 1, 0);
	char *rest;

	if (got <= 0)
		die("statm");
	text[got] = '\0';
	strtoll(text, &rest, 10);
	return strtoll(rest, NULL, 10) * sysconf(_SC_PAGESIZE);
}

static double work(int milliseconds)
{
	struct timespec now;
	double sum = 0;
	long long end;

	clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec * 1000000000LL + now.tv_nsec +
	      milliseconds * 1000000LL;
	do {
		for (int i = 1; i < 2000; i++)
			sum += 1.0 / i;
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec * 1000000000LL + now.tv_nsec < end);
	return sum;
}

struct state {
	int statm;
	int file;
	int client, server;
	char *memory;
	char chunk[CHUNK];
};

/* --- what the regions do --- */

enum { MEMORY = 48 << 20, SCRATCH = 12 << 20 };

static void grow(struct state *state)
{
	state->memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (state->memory == MAP_FAILED)
		die("mmap");
	for (size_t i = 0; i < MEMORY; i += 4096)
		state->memory[i] = 1;
}

static void keep(struct state *state)
{
	work(25);
}

/* Grows as fast as it can, and gives it back. */
static void scratch(struct state *state)
{
	char *memory = mmap(NULL, SCRATCH, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	for (size_t i = 0; i < SCRATCH; i += 4096)
		memory[i] = 1;
	work(8);
	munmap(memory, SCRATCH);
	work(4);
}

static void shrink(struct state *state)
{
	munmap(state->memory, MEMORY);
	work(5);
}

enum { WRITTEN = 8 << 20, READ = 4 << 20, THERE = 3000000, BACK = 1000000 };

static void write_file(struct state *state)
{
	work(5);
	for (int i = 0; i < WRITTEN; i += CHUNK) {
		if (write(state->file, state->chunk, CHUNK) != CHUNK)
			die("write");
		if (i % (8 * CHUNK) == 0)
			work(2);
	}
	work(5);
}

static void read_file(struct state *state)
{
	lseek(state->file, 0, SEEK_SET);
	work(5);
	for (int i = 0; i < READ; i += CHUNK) {
		if (read(state->file, state->chunk, CHUNK) != CHUNK)
			die("read");
		if (i % (4 * CHUNK) == 0)
			work(2);
	}
	work(5);
}

/* From one socket to another, slowly enough that both are alive. */
static void transfer(struct state *state, int from, int to, int bytes)
{
	while (bytes > 0) {
		const int part = bytes < CHUNK ? bytes : CHUNK;

		if (send(from, state->chunk, part, 0) != part ||
		    recv(to, state->chunk, part, MSG_WAITALL) != part)
			die("transfer");
		bytes -= part;
		work(2);
	}
}

static void send_there(struct state *state)
{
	work(20);
	transfer(state, state->client, state->server, THERE);
	work(60);
}

static void send_back(struct state *state)
{
	work(60);
	transfer(state, state->server, state->client, BACK);
	work(60);
}

/* So short that nobody can look inside. */
static void short_write(struct state *state)
{
	for (int i = 0; i < 4; i++) {
		if (write(state->file, state->chunk, CHUNK) != CHUNK)
			die("write");
	}
}

static void connect_sockets(struct state *state)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);
	const int listener = socket(AF_INET, SOCK_STREAM, 0);

	state->client = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&address, len) ||
	    listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&address, &len) ||
	    connect(state->client, (struct sockaddr *)&address, len))
		die("connect");
	state->server = accept(listener, NULL, NULL);
	if (state->server < 0)
		die("accept");
	close(listener);
}

static void open_all(struct state *state)
{
	char path[] = "region_use.XXXXXX";

	state->statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	state->file = mkstemp(path);
	if (state->statm < 0 || state->file < 0)
		die("open");
	unlink(path);
	connect_sockets(state);
}

/* --- regions, and what is true of them --- */

struct step {
	const char *name;
	void (*run)(struct state *state);
	long long read, written, sent, received;
	long long above;	/* memory that it has in between, bytes */
};

static const struct step steps[] = {
	{ "grow", grow },
	{ "keep", keep },
	{ "scratch", scratch, .above = SCRATCH },
	{ "shrink", shrink },
	{ "write", write_file, .written = WRITTEN },
	{ "compute", keep },
	{ "read", read_file, .read = READ },
	{ "before", keep },
	{ "short", short_write, .written = 4 * CHUNK },
	{ "brief", short_write, .written = 4 * CHUNK },
	{ "after", keep },
	/* Both ends are ours. */
	{ "there", send_there, .sent = THERE, .received = THERE },
	{ "back", send_back, .sent = BACK, .received = BACK },
};

enum { STEPS = sizeof(steps) / sizeof(*steps), ROUNDS = 2 };

struct call {
	char name[32];
	long long in, out;		/* resident bytes */
};

static void run(struct state *state, const struct step *step,
		struct call *call, int round)
{
	snprintf(call->name, sizeof(call->name), "%s %d", step->name, round);
	call->in = resident(state->statm);
	cprof_region_begin(call->name);
	step->run(state);
	cprof_region_end(call->name);
	call->out = resident(state->statm);
}

/* At the end only: printing is writing. */
static void tell(const struct step *step, const struct call *call)
{
	long long peak = call->in + step->above;

	if (peak < call->out)
		peak = call->out;
	printf("{\"name\": \"%s\", \"in\": %lld, \"peak\": %lld, "
	       "\"out\": %lld, \"read\": %lld, \"written\": %lld, "
	       "\"sent\": %lld, \"received\": %lld}\n", call->name,
	       call->in, peak, call->out, step->read, step->written,
	       step->sent, step->received);
}

/* Until somebody opens the FIFO and closes it. */
static void wait_for(const char *path)
{
	char byte;
	int fd;

	puts("ready");
	fflush(stdout);
	fd = open(path, O_RDONLY);
	while (read(fd, &byte, 1) > 0)
		;
	close(fd);
}

int main(int argc, char **argv)
{
	static struct call calls[ROUNDS][STEPS];
	static struct state state;

	open_all(&state);
	if (argc > 1)
		wait_for(argv[1]);
	/* To be seen before it begins. */
	work(argc > 1 ? 200 : 20);
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < STEPS; i++)
			run(&state, &steps[i], &calls[round][i], round);
	}
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < STEPS; i++)
			tell(&steps[i], &calls[round][i]);
	}
	return 0;
}
