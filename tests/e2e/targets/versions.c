/* SPDX-License-Identifier: MIT */
/*
 * usage: versions PERCENT
 *
 * Four functions with 20, 30, 35 and 15 % of the time; what `digest` does is
 * more by PERCENT of the whole.
 */
#include <stdint.h>
#include <stdlib.h>

enum { ROUNDS = 200, STEPS = 18000 };	/* steps for 1 % of a round */

static volatile uint64_t sink;

/* Each another constant, or the compiler makes one function of them. */
#define FUNCTION(name, add)						\
	__attribute__((noinline)) static void name(uint64_t steps)	\
	{								\
		uint64_t x = steps;					\
									\
		for (uint64_t i = 0; i < steps; i++)			\
			x = x * 6364136223846793005u + (add);		\
		sink = x;						\
	}

FUNCTION(parse, 1)
FUNCTION(digest, 3)
FUNCTION(order, 5)
FUNCTION(emit, 7)

int main(int argc, char **argv)
{
	const uint64_t more = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;

	for (int i = 0; i < ROUNDS; i++) {
		parse(20 * STEPS);
		digest((30 + more) * STEPS);
		order(35 * STEPS);
		emit(15 * STEPS);
	}
	return 0;
}
