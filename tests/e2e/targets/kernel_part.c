/* SPDX-License-Identifier: MIT */
/*
 * kernel_part: kernel_part [GO]
 *
 * 100 children that each work for a millisecond, and are in the kernel for
 * two.  With GO, a FIFO: works for half a second by itself, says "ready", and
 * is in the kernel for as long when somebody opens it.
 *
 * Prints user and system time as "count", that after "ready" only.
 */
#include "truth.h"

#include <sys/wait.h>

DEFINE_WORK(compute, 0x9e3779b97f4a7c15u)

static void be_in_kernel(uint64_t cpu_ns)
{
	static char bytes[1 << 18];
	const uint64_t end = thread_cpu_ns() + cpu_ns;
	const int zero = open("/dev/zero", O_RDONLY);

	while (thread_cpu_ns() < end) {
		if (read(zero, bytes, sizeof(bytes)) < 0)
			exit(3);
	}
}

static uint64_t ns_of(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * NS_PER_S +
	       (uint64_t)time->tv_usec * 1000;
}

static void make_children(double tsc)
{
	for (int i = 0; i < 100; i++) {
		const pid_t child = fork();

		if (child < 0)
			exit(3);
		if (!child) {
			work_cpu(compute, 1000000, tsc);
			be_in_kernel(2000000);
			_exit(0);
		}
		if (waitpid(child, NULL, 0) != child)
			exit(3);
	}
}

static void wait_for(const char *go)
{
	puts("ready");
	fflush(stdout);
	if (open(go, O_RDONLY) < 0)
		exit(3);
}

int main(int argc, char **argv)
{
	const double tsc = tsc_per_ns();
	const int who = argc > 1 ? RUSAGE_SELF : RUSAGE_CHILDREN;
	struct rusage before = { .ru_maxrss = 0 }, after;

	if (argc > 1) {
		work_cpu(compute, 500000000, tsc);
		getrusage(who, &before);
		wait_for(argv[1]);
		be_in_kernel(500000000);
	} else {
		make_children(tsc);
	}
	getrusage(who, &after);
	printf("count user %llu\ncount system %llu\n",
	       (unsigned long long)(ns_of(&after.ru_utime) -
				    ns_of(&before.ru_utime)),
	       (unsigned long long)(ns_of(&after.ru_stime) -
				    ns_of(&before.ru_stime)));
	return 0;
}
