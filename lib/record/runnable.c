/* SPDX-License-Identifier: MIT */
/* A thread that was stopped: did it run at the tick, or wait for a CPU? */
#include "record/sampler.h"

#include <sys/syscall.h>

enum {
	/* Between the end of a wait for a CPU and our seeing the stop. */
	HANDOVER_NS = 60 * 1000,
	WAKE_UP_NS = 25 * 1000,		/* from our timer to our reading it */
	CLOCKS_APART_NS = 10 * 1000,
};

uint64_t sampler_waited_for_stop(const struct thread_record *thread,
				 const struct stop *stop)
{
	if (!stop->account_known ||
	    stop->account.wait_ns < thread->asked.wait_ns)
		return 0;
	return stop->account.wait_ns - thread->asked.wait_ns;
}

/* The kernel lets timers end together: such a thread wakes up as we do. */
static bool woken_by_timer(const struct capture *capture)
{
	switch (capture->call.number) {
	case SYS_nanosleep:
	case SYS_clock_nanosleep:
		return true;
	case SYS_futex:
	case SYS_rt_sigtimedwait:
	case SYS_semtimedop:
		return capture->result < 0;
	case SYS_poll:
	case SYS_ppoll:
	case SYS_select:
	case SYS_pselect6:
	case SYS_epoll_wait:
	case SYS_epoll_pwait:
		return capture->result == 0;
	default:
		return false;
	}
}

/*
 * Did its wait begin when we woke up, on the CPU that it had?  Then it ran
 * until then.  (Seen with a server that is in write(2) for a third of its
 * time: the waits of two thirds of the stops in it began within 20 us
 * around the timer, those of threads that had slept are spread out.)
 */
static bool lost_cpu_to_us(const struct thread_record *thread,
			   const struct stop *stop, uint64_t got_cpu_ns)
{
	const uint64_t ran_ns = stop->account.run_ns - thread->asked.run_ns;
	const uint64_t began_ns = got_cpu_ns - MIN(ran_ns, got_cpu_ns);

	return !woken_by_timer(&stop->capture) &&
	       began_ns + WAKE_UP_NS >= thread->asked_busy_ns &&
	       began_ns <= thread->asked_busy_ns + CLOCKS_APART_NS;
}

/*
 * Its last wait ended when it ran into the stop; a wait that began before
 * we woke up was not for us.
 */
bool sampler_was_runnable(const struct thread_record *thread,
			  const struct stop *stop)
{
	const uint64_t waited_ns = sampler_waited_for_stop(thread, stop);
	uint64_t began_ns;

	if (!stop->account_known)
		return false;
	began_ns = stop->seen_ns - MIN(waited_ns, stop->seen_ns);
	/* It got the CPU after the look, to come out of a call. */
	if (stop->capture.in_call &&
	    stop->account.slices != thread->asked.slices)
		return !lost_cpu_to_us(thread, stop, began_ns);
	if (waited_ns < HANDOVER_NS)
		return false;
	return began_ns + HANDOVER_NS < thread->asked_busy_ns;
}
