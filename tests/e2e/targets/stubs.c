/* SPDX-License-Identifier: MIT */
/*
 * An interpreter that gives each function of its program a stub of machine
 * code, which calls the interpreter's loop: as Python does with -X perf.  The
 * stubs have names in /tmp/perf-PID.map, and no unwind rules.
 *
 *	stubs plain|framed deep|quick|asleep SECONDS
 *
 * deep: outer calls middle calls inner, where the time goes; quick: outer calls
 * inner, which does nothing, so that the time goes into the stub itself.
 */
#include "truth.h"

#include <sys/mman.h>

#define NOINLINE __attribute__((noinline, noclone))

enum {
	STUBS = 3,
	STUB_BYTES = 16
};

typedef long loop_fn(long level, long last, long rounds);
/* What is to be called comes fourth, in rcx. */
typedef long stub_fn(long level, long last, long rounds, loop_fn *loop);

static stub_fn *stubs[STUBS];
static double seconds;
static uint64_t begin_ns;
static volatile long sink;

static int over(void)
{
	return (double)(wall_ns() - begin_ns) > seconds * 1e9;
}

NOINLINE static long loop(long level, long last, long rounds)
{
	stub_fn *next = level < last ? stubs[level + 1] : NULL;

	if (!next && rounds == 0)
		return level;
	if (!next && rounds < 0)
		usleep((useconds_t)(seconds * 1e6));
	for (long i = 0; !next && i < rounds; i++)
		sink += i;
	if (!next)
		return level;
	/* Interpreters use all registers. */
	for (long i = level ? 1 : 1000; i; i--) {
		register long odd __asm__("rbp") = sink | 1;

		__asm__ volatile("" : "+r"(odd));
		sink += next(level + 1, last, rounds, loop) + odd;
	}
	return level;
}

static void make_stubs(int framed)
{
	static const char plain[] =
		"\x48\x83\xec\x08\xff\xd1\x48\x83\xc4\x08\xc3";
	static const char with_rbp[] = "\x55\x48\x89\xe5\xff\xd1\x5d\xc3";
	static const char *const names[STUBS] = { "outer", "middle", "inner" };
	char *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char path[64];
	FILE *map;

	snprintf(path, sizeof(path), "/tmp/perf-%d.map", (int)getpid());
	map = fopen(path, "wex");
	if (code == MAP_FAILED || !map)
		exit(1);
	for (int i = 0; i < STUBS; i++) {
		char *stub = code + i * STUB_BYTES;

		memcpy(stub, framed ? with_rbp : plain,
		       framed ? sizeof(with_rbp) : sizeof(plain));
		stubs[i] = (stub_fn *)(void *)stub;
		fprintf(map, "%lx %x py::%s:app.py\n", (unsigned long)stub,
			(unsigned int)STUB_BYTES, names[i]);
	}
	fclose(map);
	if (mprotect(code, 4096, PROT_READ | PROT_EXEC))
		exit(1);
}

int main(int argc, char **argv)
{
	long last = STUBS - 1, rounds = 20000;

	if (argc < 4)
		return 2;
	printf("pid %d\n", (int)getpid());
	fflush(stdout);
	make_stubs(strcmp(argv[1], "framed") == 0);
	if (strcmp(argv[2], "quick") == 0) {
		last = 1;
		rounds = 0;
	} else if (strcmp(argv[2], "asleep") == 0) {
		rounds = -1;
	}
	seconds = strtod(argv[3], NULL);
	begin_ns = wall_ns();
	puts("ready");
	fflush(stdout);
	while (!over())
		stubs[0](0, last, rounds, loop);
	return 0;
}
