/* SPDX-License-Identifier: MIT */
/*
 * Some 15 ms of work that can be made slower by a known part.
 *
 *	verdict_target WHOLE FUNCTION MEMORY
 *
 * Per cent of the whole run: of more work in all functions alike; of more
 * work, all of it in f3; of more memory.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* To start and to end takes a part of the run that none of these changes. */
static const double time_of_run = 1.16, memory_of_run = 1.3;

enum {
	STEPS = 1800000,	/* of each of the functions, about 1.9 ms */
	MEMORY_BYTES = 4 << 20,
	PAGE_BYTES = 4096
};

static volatile uint64_t result;

#define WORK(name, factor)						\
	static __attribute__((noinline)) void name(uint64_t steps)	\
	{								\
		uint64_t x = result + 1;				\
									\
		for (uint64_t i = 0; i < steps; i++)			\
			x = x * (factor) + 1442695040888963407u;	\
		result = x;						\
	}

WORK(f0, 6364136223846793005u)
WORK(f1, 3935559000370003845u)
WORK(f2, 2862933555777941757u)
WORK(f3, 3202034522624059733u)
WORK(f4, 4354685564936845319u)
WORK(f5, 7664345821815920749u)
WORK(f6, 1181783497276652981u)
WORK(f7, 2685821657736338717u)

static void touch(size_t bytes)
{
	char *memory = malloc(bytes);

	for (size_t at = 0; memory && at < bytes; at += PAGE_BYTES)
		memory[at] = (char)result;
	result += memory ? (uint64_t)memory[bytes / 2] : 0;
	free(memory);
}

int main(int argc, char **argv)
{
	void (*const work[])(uint64_t) = { f0, f1, f2, f3, f4, f5, f6, f7 };
	const size_t count = sizeof(work) / sizeof(work[0]);
	double whole, function, memory;

	if (argc != 4) {
		fputs("usage: verdict_target WHOLE FUNCTION MEMORY\n",
		      stderr);
		return 2;
	}
	whole = 1 + strtod(argv[1], NULL) / 100 * time_of_run;
	function = strtod(argv[2], NULL) / 100 * (double)count * time_of_run;
	memory = 1 + strtod(argv[3], NULL) / 100 * memory_of_run;
	touch((size_t)(MEMORY_BYTES * memory));
	for (size_t i = 0; i < count; i++)
		work[i]((uint64_t)(STEPS * (whole + (i == 3 ? function : 0))));
	return 0;
}
