/* SPDX-License-Identifier: MIT */
/* Has 6 MiB for less than a tick, and tells its highest resident size. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

int main(void)
{
	const size_t size = 6 << 20;
	char *memory = malloc(size);
	struct rusage usage;

	if (!memory)
		return 1;
	memset(memory, 1, size);
	__asm__ volatile("" : : "r"(memory) : "memory");
	free(memory);
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"peak\": %ld}\n", usage.ru_maxrss * 1024);
	return 0;
}
