/* SPDX-License-Identifier: MIT */
/*
 * Wait for a disk: write a page and have it on the disk, over and over.
 *
 *	disk SECONDS FILE
 *
 * "wait disk NS MORE": so long it was neither on a CPU nor waiting for one,
 * and so long for one.  Exits with 4 where the disk takes next to no time.
 */
#include "truth.h"

static __attribute__((noinline)) void wait_for_disk(int file)
{
	static char page[4096];

	page[0]++;
	if (pwrite(file, page, sizeof(page), 0) != sizeof(page) ||
	    fdatasync(file))
		exit(3);
}

int main(int argc, char **argv)
{
	const uint64_t start = wall_ns();
	uint64_t waited = 0, for_cpu = 0, end;
	int schedstat, file;

	if (argc != 3)
		return 2;
	file = open(argv[2], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	schedstat = open_schedstat();
	if (file < 0)
		return 3;
	end = start + (uint64_t)(strtod(argv[1], NULL) * NS_PER_S);
	while (wall_ns() < end) {
		const uint64_t queued = waited_for_cpu_ns(schedstat);
		const uint64_t cpu = thread_cpu_ns();
		const uint64_t before = wall_ns();
		uint64_t all, awake;

		wait_for_disk(file);
		all = wall_ns() - before;
		awake = thread_cpu_ns() - cpu;
		for_cpu += waited_for_cpu_ns(schedstat) - queued;
		awake += waited_for_cpu_ns(schedstat) - queued;
		waited += all > awake ? all - awake : 0;
	}
	if (waited < (end - start) / 50)
		return 4;
	printf("wait disk %llu %llu\n", (unsigned long long)waited,
	       (unsigned long long)for_cpu / 20);
	printf("lifetime %llu\n", (unsigned long long)(wall_ns() - start));
	print_cpu();
	return 0;
}
