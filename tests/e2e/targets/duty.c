/* SPDX-License-Identifier: MIT */
/*
 * Work in two functions, then sleep, over and over.
 *
 *	duty A_US B_US SLEEP_US SECONDS [CPU]
 *
 * A sampler that gives the CPU time since its last look to the stack that it
 * finds puts most of it on the sleep.  With CPU, the thread is pinned to it.
 */
#include "truth.h"

#include <sched.h>

DEFINE_WORK(work_a, 1442695040888963407u)
DEFINE_WORK(work_b, 1442695040888963409u)

static void pin_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void print_truth(uint64_t a_ns, uint64_t b_ns, uint64_t slept_ns,
			uint64_t lived_ns)
{
	double cpu_ns = (double)rusage_ns(RUSAGE_SELF);

	printf("truth work_a %.6f\n", (double)a_ns / cpu_ns);
	printf("truth work_b %.6f\n", (double)b_ns / cpu_ns);
	printf("wait sleep %llu\n", (unsigned long long)slept_ns);
	printf("lifetime %llu\n", (unsigned long long)lived_ns);
	print_cpu();
}

int main(int argc, char **argv)
{
	uint64_t a_ns = 0, b_ns = 0, slept_ns = 0, start_ns, end_ns;
	double a_tsc, b_tsc, tsc;
	uint64_t nap_ns;
	int schedstat;

	if (argc < 5)
		return 2;
	if (argc > 5)
		pin_to((int)strtol(argv[5], NULL, 10));
	start_ns = wall_ns();
	schedstat = open_schedstat();
	tsc = tsc_per_ns();
	a_tsc = strtod(argv[1], NULL) * 1000 * tsc;
	b_tsc = strtod(argv[2], NULL) * 1000 * tsc;
	nap_ns = strtoull(argv[3], NULL, 10) * 1000;
	end_ns = wall_ns() + (uint64_t)(strtod(argv[4], NULL) * NS_PER_S);
	while (wall_ns() < end_ns) {
		uint64_t t0 = thread_cpu_ns(), t1, nap, waited;

		work_a(__rdtsc() + (uint64_t)a_tsc);
		t1 = thread_cpu_ns();
		work_b(__rdtsc() + (uint64_t)b_tsc);
		a_ns += t1 - t0;
		b_ns += thread_cpu_ns() - t1;
		waited = waited_for_cpu_ns(schedstat);
		nap = wall_ns();
		sleep_ns(nap_ns);
		slept_ns += wall_ns() - nap;
		/* Awake, but without a CPU: that is no sleep. */
		slept_ns -= waited_for_cpu_ns(schedstat) - waited;
	}
	print_truth(a_ns, b_ns, slept_ns, wall_ns() - start_ns);
	return 0;
}
