/* SPDX-License-Identifier: MIT */
#include "record/priority.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	SLICE_NS = 100 * 1000,		/* the kernel's least */
	/*
	 * At work without a pause.  The watchdog, which may want the same
	 * CPU, looks every 50 ms, and takes a look that comes 150 ms late
	 * for a machine that stood still.
	 */
	REAL_TIME_US = 50 * 1000,
	PUNCTUAL = 1,		/* the lowest of real-time priorities */
	FIRST = 2,
	RESET_ON_FORK = 1	/* SCHED_FLAG_RESET_ON_FORK */
};

/* Linux 6.12; older ones take no notice. */
static void ask_for_short_slices(void)
{
	struct priority request = {
		.size = sizeof(request),
		.policy = SCHED_OTHER,
		.nice = getpriority(PRIO_PROCESS, 0),
		.runtime = SLICE_NS,
	};

	syscall(SYS_sched_setattr, 0, &request, 0);
}

/* SIGXCPU: one that works for so long may be in an endless loop. */
static void be_ordinary(int signal)
{
	const struct sched_param none = { .sched_priority = 0 };

	(void)signal;
	sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &none);
}

/*
 * Nobody else gets the CPU of a real-time thread that does not sleep: not
 * the program, if it is pinned there, nor cprof, which would have to end
 * it.  So the kernel tells when it has worked for too long.
 */
static bool bound_real_time(void)
{
	const struct sigaction action = {
		.sa_handler = be_ordinary,
		.sa_flags = SA_RESTART,
	};
	struct rlimit limit;
	sigset_t told;

	/* Of the process; it has no other real-time thread. */
	if (getrlimit(RLIMIT_RTTIME, &limit) || limit.rlim_max <= REAL_TIME_US)
		return false;
	limit.rlim_cur = REAL_TIME_US;
	sigemptyset(&told);
	sigaddset(&told, SIGXCPU);
	return sigaction(SIGXCPU, &action, NULL) == 0 &&
	       pthread_sigmask(SIG_UNBLOCK, &told, NULL) == 0 &&
	       setrlimit(RLIMIT_RTTIME, &limit) == 0;
}

/*
 * A thread that has just got a CPU keeps it for its slice (3 ms or so)
 * against those who wake up, however nice they are not, unless they ask for
 * a shorter one.  Where the sampler shares a CPU with what it watches, the
 * first tick after each sleep of a thread so came up to 3 ms late: of a
 * program that worked A for 2 ms, B for 3 ms and slept for 10 ms, A had 10 %
 * of the CPU time, and 40 % in truth.
 *
 * Short slices have a price: who has them loses the CPU sooner, too, on a
 * loaded machine while a thread stands still for it.
 */
void priority_be_punctual(void)
{
	const struct sched_param lowest = { .sched_priority = PUNCTUAL };

	if (!bound_real_time() ||
	    sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &lowest))
		ask_for_short_slices();
}

/*
 * SCHED_RESET_ON_FORK could not be taken back without CAP_SYS_NICE.  No
 * limit bounds this, as children would inherit it: it is for those who look
 * and sleep, and the kernel keeps 5 % for all others (sched(7)).
 */
bool priority_go_first(struct priority *before)
{
	const struct sched_param first = { .sched_priority = FIRST };

	return syscall(SYS_sched_getattr, 0, before, sizeof(*before), 0) == 0 &&
	       sched_setscheduler(0, SCHED_FIFO, &first) == 0;
}

bool priority_is_reset(struct priority *own)
{
	return syscall(SYS_sched_getattr, 0, own, sizeof(*own), 0) == 0 &&
	       own->flags & RESET_ON_FORK;
}

void priority_restore(const struct priority *before)
{
	struct priority again = *before;

	syscall(SYS_sched_setattr, 0, &again, 0);
}
