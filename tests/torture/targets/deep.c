/* SPDX-License-Identifier: MIT */
/*
 * deep FRAMES MS: recursion, then work for so long in its innermost call.
 * Wants `ulimit -s unlimited`.
 */
#include "torture.h"

static uint64_t end_ns;

__attribute__((noinline)) static uint64_t innermost(void)
{
	uint64_t sum = 0;

	while (now_ns() < end_ns)
		for (int i = 0; i < 100000; i++)
			__asm__ volatile("" : "+r"(sum));
	return sum;
}

__attribute__((noinline)) static uint64_t recurse(uint64_t frames)
{
	uint64_t sum = frames > 1 ? recurse(frames - 1) : innermost();

	/* No tail call. */
	__asm__ volatile("" : "+r"(sum));
	return sum + 1;
}

__attribute__((noinline)) static void begin(uint64_t frames)
{
	printf("%llu\n", (unsigned long long)recurse(frames));
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 1;
	await_start();
	spin_ns(300000000);
	end_ns = now_ns() + strtoull(argv[2], NULL, 10) * 1000000;
	begin(strtoull(argv[1], NULL, 10));
	return 7;
}
