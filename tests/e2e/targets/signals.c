/* SPDX-License-Identifier: MIT */
/*
 * Work that a timer signal interrupts 500 times a second; the handler works
 * for 0.6 ms each time.  `count signals` is how often the timer ran out,
 * as far as the handler was told: a signal that somebody swallows is missing.
 *
 *	signals SECONDS
 */
#include "truth.h"

#include <signal.h>

DEFINE_WORK(work_main, 1442695040888963407u)
DEFINE_WORK(work_handler, 1442695040888963409u)

static volatile uint64_t handler_ns;
static volatile uint64_t signals;
static double tsc;

static void on_alarm(int signal, siginfo_t *info, void *context)
{
	uint64_t before = thread_cpu_ns();

	(void)signal;
	(void)context;
	work_handler(__rdtsc() + (uint64_t)(600000 * tsc));
	handler_ns += thread_cpu_ns() - before;
	signals += 1 + (uint64_t)info->si_overrun;
}

int main(int argc, char **argv)
{
	struct itimerspec every = { { 0, 2000000 }, { 0, 2000000 } };
	struct itimerspec never = { { 0, 0 }, { 0, 0 } };
	struct sigaction action = { .sa_sigaction = on_alarm,
				    .sa_flags = SA_SIGINFO };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
				  .sigev_signo = SIGALRM };
	uint64_t start, end, before, main_ns;
	timer_t timer;

	if (argc != 2 || timer_create(CLOCK_MONOTONIC, &event, &timer))
		return 2;
	tsc = tsc_per_ns();
	sigaction(SIGALRM, &action, NULL);
	end = wall_ns() + (uint64_t)(strtod(argv[1], NULL) * NS_PER_S);
	before = thread_cpu_ns();
	start = wall_ns();
	timer_settime(timer, 0, &every, NULL);
	while (wall_ns() < end)
		work_main(__rdtsc() + (uint64_t)(5000000 * tsc));
	timer_settime(timer, 0, &never, NULL);
	start = wall_ns() - start;
	main_ns = thread_cpu_ns() - before - handler_ns;
	printf("truth work_main %.6f\n",
	       (double)main_ns / (double)rusage_ns(RUSAGE_SELF));
	printf("truth work_handler %.6f\n",
	       (double)handler_ns / (double)rusage_ns(RUSAGE_SELF));
	printf("count expected %llu\n", (unsigned long long)(start / 2000000));
	printf("count signals %llu\n", (unsigned long long)signals);
	print_cpu();
	return 0;
}
