/* SPDX-License-Identifier: MIT */
/*
 * Work that a timer signal interrupts 500 times a second; the handler works
 * for 0.6 ms each time.
 *
 *	signals SECONDS
 */
#include "truth.h"

#include <errno.h>
#include <signal.h>
#include <sys/time.h>

DEFINE_WORK(work_main, 1442695040888963407u)
DEFINE_WORK(work_handler, 1442695040888963409u)

static volatile uint64_t handler_ns;
static volatile uint64_t handler_runs;
static double tsc;

static void on_alarm(int signal)
{
	uint64_t before = thread_cpu_ns();

	(void)signal;
	work_handler(__rdtsc() + (uint64_t)(600000 * tsc));
	handler_ns += thread_cpu_ns() - before;
	handler_runs++;
}

int main(int argc, char **argv)
{
	struct itimerval every = { { 0, 2000 }, { 0, 2000 } };
	struct itimerval never = { { 0, 0 }, { 0, 0 } };
	struct sigaction action = { .sa_handler = on_alarm };
	uint64_t end, before, main_ns;

	if (argc != 2)
		return 2;
	tsc = tsc_per_ns();
	sigaction(SIGALRM, &action, NULL);
	end = wall_ns() + (uint64_t)(strtod(argv[1], NULL) * NS_PER_S);
	before = thread_cpu_ns();
	setitimer(ITIMER_REAL, &every, NULL);
	while (wall_ns() < end)
		work_main(__rdtsc() + (uint64_t)(5000000 * tsc));
	setitimer(ITIMER_REAL, &never, NULL);
	main_ns = thread_cpu_ns() - before - handler_ns;
	printf("truth work_main %.6f\n",
	       (double)main_ns / (double)rusage_ns(RUSAGE_SELF));
	printf("truth work_handler %.6f\n",
	       (double)handler_ns / (double)rusage_ns(RUSAGE_SELF));
	printf("count handler_runs %llu\n", (unsigned long long)handler_runs);
	print_cpu();
	return 0;
}
